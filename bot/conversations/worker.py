"""The engine worker's loop: claim messages, let the engine answer, store the replies with the claims' end."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Sequence
from dataclasses import replace

from bot.channels.rendering import pages
from bot.conversations.claiming import TRY_AGAIN_AFTER, Claimed, claim_some, is_waiting, put_back
from bot.conversations.claims import claims_of_the_dead, end_claims
from bot.conversations.closing import ClaimLost, HandedBack, close, close_some
from bot.conversations.desk import Desk
from bot.conversations.notices import Notices
from bot.conversations.turn import Answers, Turn, silence
from bot.storage.database import Database
from bot.storage.wakeup import Waiter, Work

logger = logging.getLogger(__name__)
LOOK_S = 1.0
"""The worker is woken; looking by itself is the safety net."""
TIDY_EVERY = dt.timedelta(seconds=10)
SAID_ALWAYS = ("help", "more", "slow_down", "error")
"""Notices that are said even while staff hold the conversation: carriers ask for HELP, the rest is about the line."""
AT_A_TIME = 8
"""Messages claimed together: part of the work is done at once for all."""


def now() -> dt.datetime:
    """The time, aware, in UTC."""
    return dt.datetime.now(dt.timezone.utc)


async def sleep_until(stop: asyncio.Event, waiter: Waiter, timeout_s: float) -> None:
    """Sleep until there may be work, `stop` is set, or the time is over."""
    waits = [asyncio.create_task(waiter.wait(timeout_s)), asyncio.create_task(stop.wait())]
    _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


class Worker:
    """Answers waiting messages.

    A crash anywhere leaves a message unanswered and the dialogue state untouched: it is claimed again.

    Args:
        notices: answers what needs no engine; None hands all to the engine.
        desk: knows what is for the staff; None leaves to them all of a conversation that they hold.
    """

    def __init__(
        self, database: Database, engine: Answers, notices: Notices | None = None, desk: Desk | None = None
    ) -> None:
        self._database, self._engine, self._notices, self._desk = database, engine, notices, desk
        self._tidied = now()

    async def run(self, stop: asyncio.Event) -> None:
        """Answer messages until `stop` is set; those in hand are finished."""
        looked = -LOOK_S
        async with Waiter(self._database, Work.INBOX) as waiter:
            while not stop.is_set():
                answered = 0
                try:
                    if time.monotonic() - looked >= LOOK_S:
                        looked = time.monotonic()
                        await asyncio.to_thread(self._end_dead_claims)
                        await asyncio.to_thread(self._tidy)
                    answered = await self.answer_some()
                except Exception as error:  # a database gone must not end the worker
                    logger.error("messages could not be answered", extra={"error": type(error).__name__})
                if not answered:
                    await sleep_until(stop, waiter, LOOK_S)

    async def answer_some(self, limit: int = AT_A_TIME) -> int:
        """Answer up to `limit` waiting messages; returns how many were tried."""
        claimed = await asyncio.to_thread(self._claim, limit)
        self._look_ahead(claimed)
        await self._store([(one, turn) for one in claimed if (turn := await self._answer(one))])
        return len(claimed)

    def _look_ahead(self, claimed: list[Claimed]) -> None:
        try:
            self._engine.look_ahead([one.question for one in claimed if not (one.held or one.notice)])
        except Exception as error:  # each is answered none the less
            logger.error("not looked ahead", extra={"error": type(error).__name__})

    def _end_dead_claims(self) -> None:
        with self._database.reading() as session:
            dead = claims_of_the_dead(session, now())
        if dead:
            with self._database.transaction() as session:
                end_claims(session, dead, now())

    def _tidy(self) -> None:
        """Now and then, end what staff or people have left; a busy worker comes here too, between two batches."""
        if self._desk is None or now() - self._tidied < TIDY_EVERY:
            return
        self._tidied = now()
        with self._database.transaction() as session:
            self._desk.tidy(session, now())

    def _claim(self, limit: int) -> list[Claimed]:
        with self._database.reading() as session:
            if not is_waiting(session, now()):
                return []
        with self._database.transaction() as session:
            return claim_some(session, now(), limit)

    async def _answer(self, claimed: Claimed) -> Turn | None:
        try:
            return self._in_pages(await self._turn(claimed), claimed)
        except Exception as error:  # one bad message must not end the worker, nor be lost: it is tried again
            logger.error("not answered", extra={"message_id": claimed.message_id, "error": type(error).__name__})
            await asyncio.to_thread(self._put_back, claimed)
            return None

    async def _turn(self, claimed: Claimed) -> Turn:
        for_staff = self._desk.is_for_staff(claimed) if self._desk else claimed.held
        if for_staff and claimed.notice not in SAID_ALWAYS:
            return silence(claimed.language)
        if self._notices is not None and (notice := self._notices.answer(claimed)):
            return notice
        turn = await self._engine.answer(claimed.question)
        return self._desk.add(turn, claimed.question.channel, now()) if self._desk else turn

    def _in_pages(self, turn: Turn, claimed: Claimed) -> Turn:
        """Cut replies to what the channel carries in one message."""
        labels = self._notices.page_labels(turn.language) if self._notices else ("", "")
        channel = claimed.question.channel
        return replace(turn, replies=tuple(page for reply in turn.replies for page in pages(reply, channel, *labels)))

    async def _store(self, answers: Sequence[tuple[Claimed, Turn]]) -> None:
        try:
            left = await asyncio.to_thread(self._close_some, answers)
        except Exception:  # one of them must not hold up the others
            left = list(answers)
        await asyncio.gather(*(self._store_one(claimed, turn) for claimed, turn in left))
        for claimed, turn in answers:
            if (claimed, turn) not in left:
                _log_answered(claimed, turn)

    async def _store_one(self, claimed: Claimed, turn: Turn) -> None:
        fields = {"message_id": claimed.message_id}
        try:
            await asyncio.to_thread(self._close, claimed, turn)
        except ClaimLost:
            logger.warning("taken over by another worker", extra=fields)
        except HandedBack:
            await asyncio.to_thread(self._put_back, claimed, dt.timedelta(0))
        except Exception as error:  # the claim runs out, and the message is answered again from where it was
            logger.error("answer not stored", extra={**fields, "error": type(error).__name__})
            await asyncio.sleep(1)
        else:
            _log_answered(claimed, turn)

    def _close_some(self, answers: Sequence[tuple[Claimed, Turn]]) -> list[tuple[Claimed, Turn]]:
        with self._database.transaction() as session:
            return close_some(session, answers, now())

    def _close(self, claimed: Claimed, turn: Turn) -> None:
        with self._database.transaction() as session:
            close(session, claimed, turn, now())

    def _put_back(self, claimed: Claimed, after: dt.timedelta = TRY_AGAIN_AFTER) -> None:
        with self._database.transaction() as session:
            put_back(session, claimed, now(), after)


def _log_answered(claimed: Claimed, turn: Turn) -> None:
    fields = {"message_id": claimed.message_id, "intent": turn.intent, "confidence": round(turn.confidence, 2)}
    logger.info("answered", extra=fields)
