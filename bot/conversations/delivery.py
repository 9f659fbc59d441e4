"""The sender: hands queued replies to channels that push; the web chat fetches its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.exc import IntegrityError

from bot.channels.protocol import ChannelAdapter, DeliveryError
from bot.conversations.claims import OUTBOX_CLAIM, claims_of_the_dead, end_claims
from bot.conversations.outbox import Due, claim_due, is_due, record
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
Ended = tuple[Due, str | DeliveryError]


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
        self._ended: list[Ended] = []
        self._recording = asyncio.Lock()
        self._sending: dict[str, set[asyncio.Task[None]]] = {name: set() for name in channels}

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; what is being sent is finished."""
        announcing = [asyncio.create_task(_announce(channel)) for channel in self._channels.values()]
        async with Waiter(self._database, Work.OUTBOX) as waiter:
            while not stop.is_set():
                try:
                    await asyncio.to_thread(self._end_dead_claims)
                    while await self._start_some(waiter) and not stop.is_set():
                        pass
                except Exception as error:  # a database gone must not end the sender
                    logger.error("delivery failed", extra={"error": type(error).__name__})
                await sleep_until(stop, waiter, LOOK_S)
        for task in announcing:
            task.cancel()
        await asyncio.gather(*(task for tasks in self._sending.values() for task in tasks))
        for channel in self._channels.values():
            await channel.close()

    async def send_due(self) -> int:
        """Send what is due now, one reply a contact, and wait for the end of it; returns how many were tried."""
        dues = await asyncio.to_thread(self._claim, list(self._channels), 100)
        await asyncio.gather(*(self._send(due) for due in dues))
        return len(dues)

    async def _start_some(self, waiter: Waiter) -> int:
        """Start sending what is due, as far as the channels have a line free."""
        started = 0
        for name, channel in self._channels.items():
            free = channel.concurrency - len(self._sending[name])
            if free <= 0:
                continue
            for due in await asyncio.to_thread(self._claim, [name], free):
                task = asyncio.create_task(self._send(due))
                self._sending[name].add(task)
                task.add_done_callback(self._sending[name].discard)
                task.add_done_callback(lambda _task: waiter.wake())
                started += 1
        return started

    def _end_dead_claims(self) -> None:
        with self._database.reading() as session:
            dead = claims_of_the_dead(session, self._clock())
        if dead:
            with self._database.transaction() as session:
                end_claims(session, dead, self._clock())

    def _claim(self, channels: Sequence[str], limit: int) -> list[Due]:
        with self._database.reading() as session:
            if not is_due(session, channels, self._clock()):
                return []
        with self._database.transaction() as session:
            return claim_due(session, self._vault, channels, limit, self._clock())

    async def _send(self, due: Due) -> None:
        """Hand over one reply and see that its end is recorded.

        Until it is recorded, a kill would make it be sent again. SQLite has one writer, so there the sends that end
        meanwhile share a transaction; PostgreSQL has many, and locks of several contacts might wait for each other.
        """
        result = await self._hand_over(due)
        if not self._database.is_sqlite:
            await self._record_one(due, result)
            return
        # only now: `self._ended.append((due, await …))` would add to the list as it was before the wait
        self._ended.append((due, result))
        async with self._recording:
            ended, self._ended = self._ended, []
            if ended:
                await self._record_all(ended)

    async def _record_all(self, ended: list[Ended]) -> None:
        try:
            await asyncio.to_thread(self._record, ended)
        except Exception:  # one of them must not hold up the others
            await asyncio.gather(*(self._record_one(due, result) for due, result in ended))

    async def _record_one(self, due: Due, result: str | DeliveryError) -> None:
        fields = {"message_id": due.outgoing.message_id}
        for attempt in range(RECORD_TRIES):
            try:
                await asyncio.to_thread(self._record, [(due, result)])
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

    def _record(self, ended: list[Ended]) -> None:
        with self._database.transaction() as session:
            for due, result in ended:
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
