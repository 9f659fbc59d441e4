import asyncio
import datetime as dt

from sqlalchemy import select

from bot.conversations.inbox import InboundMessage, receive
from bot.conversations.tables import Message
from bot.conversations.turn import Turn
from bot.conversations.worker import answer_next, work
from bot.knowledge.reply import Reply

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


class Echo:
    def __init__(self, fail=0):
        self.fail, self.asked = fail, []

    async def answer(self, question):
        self.asked.append(question.text)
        if self.fail:
            self.fail -= 1
            raise RuntimeError("broken")
        return Turn((Reply(question.text.upper()),), "{}", "en", "greet", 1.0)


def put(database, vault, *texts):
    with database.transaction() as session:
        for text in texts:
            receive(session, vault, InboundMessage("web", "a", text, text), NOW)


def replies(database):
    with database.transaction() as session:
        query = select(Message.text).where(Message.direction == "out").order_by(Message.id)
        return list(session.execute(query).scalars())


async def test_every_message_is_answered_once_in_order(database, vault):
    put(database, vault, "one", "two", "three")
    engine = Echo()
    while await answer_next(database, engine):
        pass
    assert replies(database) == ["ONE", "TWO", "THREE"]
    assert engine.asked == ["one", "two", "three"]


async def test_the_loop_survives_an_engine_that_fails(database, vault):
    put(database, vault, "one")
    stop = asyncio.Event()
    engine = Echo(fail=1)
    task = asyncio.create_task(work(database, engine, stop))
    await asyncio.sleep(1.3)
    with database.transaction() as session:  # the failed claim runs out
        session.execute(select(Message)).scalar().claimed_until = NOW
    await asyncio.sleep(0.5)
    stop.set()
    await task
    assert replies(database) == ["ONE"]
