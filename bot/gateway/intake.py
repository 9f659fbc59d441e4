"""The intake: stores what webhooks bring, many calls in one transaction, and says no before memory fills up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.channels.protocol import DeliveryReport, Event, InboundMessage, Reachability
from bot.conversations.contacts import locked_contact, set_reachable
from bot.conversations.inbox import RateLimit, receive
from bot.conversations.outbox import report
from bot.conversations.worker import now
from bot.safety.encryption import AddressVault
from bot.storage.database import Database

logger = logging.getLogger(__name__)
MOST_WAITING = 500
"""Calls that may wait for the database; the next one is told to come again."""
TOGETHER = 64
DEADLOCK = "40P01"
"""postgresql.org/docs/current/errcodes-appendix.html"""


class NotStored(Exception):
    """It is not stored, by a database gone or too many calls: whoever sent it must send it again."""


@dataclass
class _Call:
    events: Sequence[Event]
    done: asyncio.Future[list[str]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Stores events in the order in which they come.

    While one transaction is written, the calls that come meanwhile gather, and share the next one: the more there are,
    the cheaper each is.
    """

    def __init__(self, database: Database, vault: AddressVault, limit: RateLimit) -> None:
        self._database, self._vault, self._limit = database, vault, limit
        self._waiting: list[_Call] = []
        self._busy: asyncio.Task[None] | None = None
        self.refused = 0

    async def put(self, events: Sequence[Event]) -> list[str]:
        """Store `events`; returns what became of each ("stored", "repeat", "limited", "noted") once that is on disk.

        Raises:
            NotStored: nothing is.
        """
        if len(self._waiting) >= MOST_WAITING:
            self.refused += 1
            raise NotStored("too many calls wait")
        call = _Call(events)
        self._waiting.append(call)
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._store_waiting())
        return await asyncio.shield(call.done)

    async def _store_waiting(self) -> None:
        while self._waiting:
            calls, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            calls.sort(key=_contact)  # contacts are locked in one order everywhere; each one's messages stay in theirs
            try:
                results = await asyncio.to_thread(self._store, calls)
            except Exception as error:
                if len(calls) == 1 or _is_gone(error):
                    for call in calls:
                        self._fail(call, error)
                else:
                    await self._store_one_by_one(calls)
            else:
                for call, result in zip(calls, results, strict=True):
                    _finish(call, result)

    async def _store_one_by_one(self, calls: list[_Call]) -> None:
        """One call must not take the others down with it."""
        for call in calls:
            try:
                (result,) = await asyncio.to_thread(self._store, [call])
            except Exception as error:
                self._fail(call, error)
            else:
                _finish(call, result)

    def _store(self, calls: Sequence[_Call]) -> list[list[str]]:
        with self._database.transaction() as session:
            return [[self._store_event(session, event) for event in call.events] for call in calls]

    def _store_event(self, session: Session, event: Event) -> str:
        at = now()
        if isinstance(event, InboundMessage):
            return receive(session, self._vault, event, at, self._limit).value
        if isinstance(event, Reachability):
            contact = locked_contact(session, self._vault, event.channel, event.address, at)
            set_reachable(session, contact, event.reachable, at)
        elif isinstance(event, DeliveryReport):
            report(session, event, at)
        return "noted"

    def _fail(self, call: _Call, error: Exception) -> None:
        logger.error("not stored", extra={"error": type(error).__name__})
        if not call.done.done():
            call.done.set_exception(NotStored(type(error).__name__))


def _is_gone(error: Exception) -> bool:
    """Whether the database is gone, for every call; a deadlock with another gateway's batch is passing."""
    return isinstance(error, OperationalError) and getattr(error.orig, "pgcode", None) != DEADLOCK


def _contact(call: _Call) -> tuple[str, str]:
    event = call.events[0] if call.events else None
    return (event.channel, event.address) if isinstance(event, InboundMessage | Reachability) else ("", "")


def _finish(call: _Call, result: list[str]) -> None:
    if not call.done.done():
        call.done.set_result(result)
