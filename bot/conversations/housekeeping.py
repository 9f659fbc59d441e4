"""What is done for the database now and then: old texts erased, what was erased scrubbed from its files, days counted.

A due job of the sender process, in short transactions, so that nobody waits for it; several may run side by side.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from bot.conversations import erasure, retention
from bot.storage.database import Database
from bot.storage.wakeup import wait_for_event

logger = logging.getLogger(__name__)
EVERY_S = 60.0
PAUSE_S = 0.05
"""Between two batches: whoever answers people goes first."""

Step = Callable[[Session, dt.datetime], bool]
"""Does a little; returns whether there is more to do."""


class Housekeeping:
    """Keeps the house of one database.

    Args:
        keep_texts_days: days after which texts are erased; 0 keeps them.
        more: further steps.
        clock: gives the time.
    """

    def __init__(
        self, database: Database, keep_texts_days: int, more: Sequence[Step], clock: Callable[[], dt.datetime]
    ) -> None:
        self._database, self._more, self._clock = database, more, clock
        self._keep = dt.timedelta(days=keep_texts_days) if keep_texts_days else None

    async def run(self, stop: asyncio.Event) -> None:
        """Look every minute until `stop` is set."""
        while not stop.is_set():
            try:
                await self.look(stop)
            except Exception as error:  # a database gone must not end the process that delivers
                logger.error("housekeeping failed", extra={"error": type(error).__name__})
            await wait_for_event(stop, EVERY_S)

    async def look(self, stop: asyncio.Event | None = None) -> None:
        """Do what is due."""
        steps: list[Step] = [*self._more]
        if self._keep:
            keep = self._keep
            steps.insert(0, lambda session, now: retention.erase_some(session, now - keep, now))
        for step in steps:
            while await asyncio.to_thread(self._do, step) and not (stop and stop.is_set()):
                await asyncio.sleep(PAUSE_S)
        await asyncio.to_thread(erasure.scrub_if_due, self._database, self._clock())

    def _do(self, step: Step) -> bool:
        with self._database.transaction() as session:
            return step(session, self._clock())
