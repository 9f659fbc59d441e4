"""The bell: wakes every long poll of this process when there may be replies."""

from __future__ import annotations

import asyncio

from bot.storage.database import Database
from bot.storage.wakeup import Waiter, Work, wait_for_event

LOOK_S = 1.0


class Bell:
    """Rings for all who wait, when a reply was stored by any process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rung: asyncio.Event | None = None

    async def run(self) -> None:
        """Ring until cancelled."""
        async with Waiter(self._database, Work.OUTBOX) as waiter:
            while True:
                await waiter.wait(LOOK_S)
                if self._rung is not None:
                    self._rung.set()
                    self._rung = None

    async def wait(self) -> None:
        """Return at the next ring, or when it is time to look anyway."""
        if self._rung is None:
            self._rung = asyncio.Event()
        await wait_for_event(self._rung, LOOK_S)
