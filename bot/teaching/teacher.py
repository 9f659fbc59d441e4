"""Carries queued runs out, one at a time, each in a process of its own at low priority."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.priority import give_way
from bot.storage.database import Database
from bot.teaching import runs

logger = logging.getLogger(__name__)
LOOK_S = 1.0
NICENESS = 10
STOP_S = 5.0


def now() -> dt.datetime:
    """The time, aware, in UTC."""
    return dt.datetime.now(dt.timezone.utc)


def command(run_id: int) -> list[str]:
    """How a run's process is started."""
    return [sys.executable, "-m", "bot.cli", "process", f"teach-{run_id}"]


def start(run_id: int, make_command: Callable[[int], list[str]] = command) -> subprocess.Popen[bytes]:
    """Start the run's process; answering people comes before it."""
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    process = subprocess.Popen(make_command(run_id), env=environment, start_new_session=True)
    give_way(NICENESS, process.pid)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a run's process with all it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
            return


def account_for(database: Database, run_id: int, code: int) -> bool:
    """A run whose process ended with `code` before its end has failed; returns whether it had."""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    with database.transaction() as session:
        return runs.fail(session, run_id, f"the process that trained {how}", now())


class Teacher:
    """Looks for queued runs; the model in force stays in force whatever becomes of one.

    Args:
        make_command: gives the command that carries a run out, by its id.
    """

    def __init__(self, database: Database, make_command: Callable[[int], list[str]] = command) -> None:
        self._database, self._make_command = database, make_command
        self._process: subprocess.Popen[bytes] | None = None
        self._run_id = 0
        self._is_away = False

    def run(self, stopped: threading.Event) -> None:
        """Carry runs out until `stopped`; one under way then fails."""
        while not stopped.wait(LOOK_S):
            try:
                self.look()
                self._is_away = False
            except (SQLAlchemyError, OSError) as error:
                if not self._is_away:  # once, not every second
                    logger.warning("runs of teaching cannot be looked up (%s)", type(error).__name__)
                self._is_away = True
        if self._process is not None:
            stop(self._process)
            with contextlib.suppress(SQLAlchemyError):
                account_for(self._database, self._run_id, self._process.wait())

    def look(self) -> None:
        """Account for a process that ended, then start the next run."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self._account_for(code)
            self._process = None
        with self._database.reading() as session:
            waiting = runs.next_queued(session)
            active = waiting is None and any(runs.is_active(run) for run in runs.newest(session, 1))
        if active:
            with self._database.transaction() as session:
                for orphan in runs.fail_orphans(session, now()):
                    logger.warning("teaching run %s has died", orphan)
        if waiting is not None:
            self._run_id = waiting
            self._process = start(waiting, self._make_command)

    def _account_for(self, code: int) -> None:
        if account_for(self._database, self._run_id, code):
            logger.warning("teaching run %s ended early with code %s", self._run_id, code)
