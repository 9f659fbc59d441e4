"""Waking whoever waits for work: NOTIFY on PostgreSQL, a datagram to each waiting process on SQLite's one machine.

A wake-up may get lost (a process that just died, a full buffer): who waits looks by itself now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import secrets
import socket
import tempfile
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from bot.storage.database import Database

logger = logging.getLogger(__name__)


class Work(str, Enum):
    """What there can be to do: messages to answer, replies to deliver or show."""

    INBOX = "inbox"
    OUTBOX = "outbox"


def wake(session: Session, work: Work) -> None:
    """Wake everybody who waits for `work`, once the transaction of `session` is committed."""
    session.info.setdefault("wake", set()).add(work)


@event.listens_for(Session, "before_commit")
def _notify(session: Session) -> None:
    if session.info.get("wake") and session.get_bind().dialect.name == "postgresql":  # it tells them when it commits
        pending = sorted(session.info.pop("wake"))
        session.execute(text("; ".join(f"NOTIFY salama_{work.value}" for work in pending)))


@event.listens_for(Session, "after_commit")
def _send_datagrams(session: Session) -> None:
    for work in session.info.pop("wake", ()):
        _tell(_directory(str(session.get_bind().url.database)), work)


def _tell(directory: Path, work: Work) -> None:
    for path in directory.glob(f"{work.value}-*"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            try:
                sender.sendto(b"!", str(path))
            except ConnectionRefusedError:  # its process was killed
                path.unlink(missing_ok=True)
            except OSError:  # a full buffer: it is awake already
                pass


@lru_cache(maxsize=8)
def _directory(database: str) -> Path:
    """Where waiting processes put their sockets; short, because a socket's path may have 107 bytes only."""
    key = hashlib.sha256(str(Path(database).resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"salama-{os.getuid()}-{key}"


async def wait_for_event(event: asyncio.Event, timeout_s: float) -> None:
    """Wait for `event`, at most `timeout_s`. asyncio.wait_for would, before Python 3.12, sometimes swallow a cancel."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait([waiting], timeout=timeout_s)
    finally:
        waiting.cancel()


class Waiter:
    """Waits for work in this process; use it as `async with Waiter(database, Work.INBOX) as waiter`."""

    def __init__(self, database: Database, work: Work) -> None:
        self._database, self._work = database, work
        self._event = asyncio.Event()
        self._socket: socket.socket | None = None
        self._path: Path | None = None
        self._listening: Any = None
        self._descriptor = -1

    async def __aenter__(self) -> Waiter:
        """Start to listen."""
        if self._database.is_sqlite:
            self._open_socket()
        else:
            await self._listen()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Stop listening."""
        if self._socket is not None and self._path is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._path.unlink(missing_ok=True)
        self._hang_up()

    async def wait(self, timeout_s: float) -> None:
        """Return when there may be work, at the latest after `timeout_s` seconds."""
        if not self._database.is_sqlite and self._listening is None:
            await self._listen()
        await wait_for_event(self._event, timeout_s)
        self._event.clear()

    def wake(self) -> None:
        """Wake whoever waits here, from the same event loop."""
        self._event.set()

    def _open_socket(self) -> None:
        directory = _directory(str(self._database.url.database))
        directory.mkdir(mode=0o700, exist_ok=True)
        self._path = directory / f"{self._work.value}-{os.getpid()}-{secrets.token_hex(4)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))
        asyncio.get_running_loop().add_reader(self._socket, self._drain)

    def _drain(self) -> None:
        assert self._socket is not None
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(64)
        self._event.set()

    async def _listen(self) -> None:
        try:
            self._listening = await asyncio.to_thread(self._connect)
        except Exception as error:  # the database is gone: waiting goes on by the clock, and listening is tried again
            logger.warning("cannot listen for %s: %s", self._work.value, type(error).__name__)
            return
        self._descriptor = self._listening.fileno()  # a lost connection no longer tells it
        asyncio.get_running_loop().add_reader(self._descriptor, self._on_notify)
        self._event.set()  # something may have come before we listened

    def _connect(self) -> Any:
        connection = self._database.engine.raw_connection()
        connection.detach()
        raw = connection.dbapi_connection
        raw.autocommit = True
        with raw.cursor() as cursor:
            cursor.execute(f"LISTEN salama_{self._work.value}")
        return raw

    def _on_notify(self) -> None:
        try:
            self._listening.poll()
        except Exception:  # the server went away
            self._hang_up()
        else:
            self._listening.notifies.clear()
        self._event.set()

    def _hang_up(self) -> None:
        if self._listening is not None:
            # left behind, the next socket of this number would never be read
            asyncio.get_running_loop().remove_reader(self._descriptor)
            with contextlib.suppress(Exception):
                self._listening.close()
            self._listening = None
