"""The sender: hands queued replies to channels that push; the web chat fetches its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.channels.protocol import ChannelAdapter, DeliveryError
from bot.conversations.claims import OUTBOX_CLAIM, claims_of_the_dead, end_claims
from bot.conversations.outbox import Due, claim_due, is_due, record, record_sent
from bot.conversations.worker import now, sleep_until
from bot.safety.encryption import AddressVault
from bot.storage.database import Database
from bot.storage.wakeup import Waiter, Work

logger = logging.getLogger(__name__)
SEND_S = OUTBOX_CLAIM.total_seconds() / 2
LOOK_S = 1.0
"""Replies wait for the clock too (retries), so the sender looks by itself this often."""
RECORD_TRIES = 30
ANNOUNCE_AGAIN_S = 30.0

Clock = Callable[[], dt.datetime]
Sent = tuple[Due, str]


class Sender:
    """Sends what is due, several contacts at a time, one reply of each."""

    def __init__(
        self,
        database: Database,
        vault: AddressVault,
        channels: Mapping[str, ChannelAdapter],
        clock: Clock = now,
    ) -> None:
        self._database, self._vault, self._channels, self._clock = database, vault, dict(channels), clock
        self._sent: list[Sent] = []
        self._busy: dict[str, set[asyncio.Task[None]]] = {name: set() for name in channels}

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; what is being sent is finished."""
        announcing = [asyncio.create_task(_announce(channel)) for channel in self._channels.values()]
        looked = -LOOK_S
        async with Waiter(self._database, Work.OUTBOX) as waiter:
            while not stop.is_set():
                try:
                    if time.monotonic() - looked >= LOOK_S:
                        looked = time.monotonic()
                        await asyncio.to_thread(self._end_dead_claims)
                    await self._round(self._free_lines(), waiter.wake)
                except Exception as error:  # a database gone must not end the sender
                    logger.error("delivery failed", extra={"error": type(error).__name__})
                await sleep_until(stop, waiter, LOOK_S)
        for task in announcing:
            task.cancel()
        await self._finish()
        for channel in self._channels.values():
            await channel.close()

    async def send_due(self) -> int:
        """Send what is due now, one reply a contact, and wait for the end of it; returns how many were tried."""
        started = await self._round(dict.fromkeys(self._channels, 100))
        await self._finish()
        return started

    def _free_lines(self) -> dict[str, int]:
        return {name: channel.concurrency - len(self._busy[name]) for name, channel in self._channels.items()}

    async def _round(self, lines: Mapping[str, int], wake: Callable[[], None] = lambda: None) -> int:
        """Record what was sent, and start sending as much of what is due as there are `lines`, by channel.

        Both are one transaction, and what ends meanwhile shares the next one: the busier, the cheaper each is.

        Args:
            wake: called when the next round has something to do.
        """
        sent, self._sent = self._sent, []
        left, dues = sent, list[Due]()
        try:
            left, dues = await asyncio.to_thread(self._record_and_claim, sent, lines)
        finally:  # after an error too: one of them must not hold up the others
            for due, result in left:
                self._start(due.channel, self._record_one(due, result), wake)
        for due in dues:
            self._start(due.channel, self._send(due), wake)
        return len(dues)

    def _start(self, channel: str, work: Coroutine[Any, Any, None], wake: Callable[[], None]) -> None:
        task = asyncio.create_task(work)
        self._busy[channel].add(task)
        task.add_done_callback(self._busy[channel].discard)
        task.add_done_callback(lambda _task: wake())

    async def _finish(self) -> None:
        """Wait for the end of what is being sent, and record it."""
        while self._sent or any(self._busy.values()):
            await asyncio.gather(*(task for tasks in self._busy.values() for task in tasks))
            try:
                await self._round({})
            except Exception as error:  # each is recorded by itself then
                logger.error("delivery failed", extra={"error": type(error).__name__})

    def _end_dead_claims(self) -> None:
        with self._database.reading() as session:
            dead = claims_of_the_dead(session, self._clock())
        if dead:
            with self._database.transaction() as session:
                end_claims(session, dead, self._clock())

    def _record_and_claim(self, sent: Sequence[Sent], lines: Mapping[str, int]) -> tuple[list[Sent], list[Due]]:
        free = {name: count for name, count in lines.items() if count > 0}
        if not sent and not self._is_due(list(free)):
            return [], []
        with self._database.transaction() as session:
            left = record_sent(session, sent)
            claims = (claim_due(session, self._vault, [name], count, self._clock()) for name, count in free.items())
            return left, [due for dues in claims for due in dues]

    def _is_due(self, channels: Sequence[str]) -> bool:
        with self._database.reading() as session:
            return is_due(session, channels, self._clock())

    async def _send(self, due: Due) -> None:
        """Hand over one reply; until the end of it is recorded, a kill would make it be sent again."""
        result = await self._hand_over(due)
        if isinstance(result, str):
            self._sent.append((due, result))
        else:
            await self._record_one(due, result)

    async def _record_one(self, due: Due, result: str | DeliveryError) -> None:
        fields = {"message_id": due.outgoing.message_id}
        for attempt in range(RECORD_TRIES):
            try:
                await asyncio.to_thread(self._record, due, result)
                return
            except IntegrityError:  # the provider's id is no new one: that it was sent matters more
                logger.error("the provider gave the same id twice", extra=fields)
                result = ""
            except Exception as error:  # sent, but the database is gone: keep trying, or it would be sent again
                logger.error("not recorded", extra={**fields, "error": type(error).__name__})
                await asyncio.sleep(min(5.0, 0.2 * 2**attempt))

    async def _hand_over(self, due: Due) -> str | DeliveryError:
        fields = {"message_id": due.outgoing.message_id, "channel": due.channel}
        try:
            sent = await asyncio.wait_for(self._channels[due.channel].send(due.outgoing), SEND_S)
        except DeliveryError as error:
            logger.warning("not delivered", extra={**fields, "reason": str(error), "final": error.final})
            return error
        except asyncio.TimeoutError:
            logger.warning("not delivered", extra={**fields, "reason": "no answer in time"})
            return DeliveryError("no answer in time", cut_off=True)
        except Exception as error:  # a fault of the channel: the reply must not be lost by it
            logger.error("not delivered", extra={**fields, "reason": type(error).__name__})
            return DeliveryError(f"fault in the channel: {type(error).__name__}")
        logger.info("delivered", extra=fields)
        return sent

    def _record(self, due: Due, result: str | DeliveryError) -> None:
        with self._database.transaction() as session:
            record(session, due, result, self._clock())


async def _announce(channel: ChannelAdapter) -> None:
    """Tell the provider where we are, until it has understood."""
    while True:
        try:
            await channel.announce()
            return
        except Exception as error:
            reason = str(error) if isinstance(error, DeliveryError) else type(error).__name__
            logger.error("not announced", extra={"channel": channel.name, "reason": reason})
        await asyncio.sleep(ANNOUNCE_AGAIN_S)
