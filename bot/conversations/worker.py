"""The engine worker's loop: claim a message, let the engine answer, store the replies with the claim's end."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from bot.conversations.inbox import Claimed, ClaimLost, claim, close
from bot.conversations.turn import Answers
from bot.storage.database import Database

logger = logging.getLogger(__name__)
IDLE_S = 0.05


def now() -> dt.datetime:
    """The time, aware, in UTC."""
    return dt.datetime.now(dt.timezone.utc)


async def answer_next(database: Database, engine: Answers) -> bool:
    """Answer the oldest waiting message; False when none waits.

    A crash anywhere in between leaves the message unanswered and the state untouched: it is claimed again later.
    """
    with database.transaction() as session:
        claimed = claim(session, now())
    if claimed is None:
        return False
    await _answer(database, engine, claimed)
    return True


async def _answer(database: Database, engine: Answers, claimed: Claimed) -> None:
    turn = await engine.answer(claimed.question)
    try:
        with database.transaction() as session:
            close(session, claimed, turn, now())
    except ClaimLost:
        logger.warning("message %s was taken over by another worker", claimed.message_id)
    else:
        logger.info("message %s answered: %s (%.2f)", claimed.message_id, turn.intent, turn.confidence)


async def work(database: Database, engine: Answers, stop: asyncio.Event) -> None:
    """Answer messages until `stop` is set; the one in hand is finished."""
    while not stop.is_set():
        try:
            busy = await answer_next(database, engine)
        except Exception as error:  # one bad message or a database gone must not end the worker
            logger.error("a message could not be answered: %s", type(error).__name__)
            busy = False
            await asyncio.sleep(1)
        if not busy:
            await asyncio.sleep(IDLE_S)
