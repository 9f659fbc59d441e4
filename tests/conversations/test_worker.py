import asyncio
import datetime as dt
import subprocess
import time
from dataclasses import replace

import pytest
from async_timeout import timeout as asyncio_timeout
from sqlalchemy import select

from bot.channels.protocol import Command, InboundMessage, Media
from bot.channels.rendering import SMS_MAX_SEGMENTS
from bot.conversations.claiming import MAX_TRIES, claim, claim_some
from bot.conversations.claims import HERE
from bot.conversations.closing import close_some
from bot.conversations.contacts import locked_contact
from bot.conversations.inbox import receive
from bot.conversations.notices import Notices
from bot.conversations.tables import Conversation, Message
from bot.conversations.turn import Turn
from bot.conversations.worker import LOOK_S, Worker, now
from bot.knowledge.reply import Reply
from bot.knowledge.segments import segments
from bot.knowledge.store import KnowledgeStore

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


@pytest.fixture(scope="module")
def notices(content_dir):
    return Notices(KnowledgeStore(content_dir), "en")


class Echo:
    def __init__(self, fail=0):
        self.fail, self.asked, self.expected = fail, [], []

    def look_ahead(self, questions):
        self.expected.append([question.text for question in questions])

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
    while await Worker(database, engine).answer_some():
        pass
    assert replies(database) == ["ONE", "TWO", "THREE"]
    assert engine.asked == ["one", "two", "three"]


def put_of_three_people(database, vault):
    with database.transaction() as session:
        for person in "abc":
            receive(session, vault, InboundMessage("web", person, person, f"from {person}"), NOW)


async def test_a_claim_that_was_lost_does_not_hold_up_those_answered_with_it(database, vault):
    put_of_three_people(database, vault)
    engine = Echo()

    async def answer(question):
        if question.text == "from b":
            with database.transaction() as session:
                session.execute(select(Message).where(Message.text == "from b")).scalar().claim = "another worker's"
        return Turn((Reply(question.text.upper()),), "{}", "en", "greet", 1.0)

    engine.answer = answer
    assert await Worker(database, engine).answer_some() == 3
    assert sorted(replies(database)) == ["FROM A", "FROM C"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer, who locks all
async def test_answers_stored_together_wait_for_nobody(database, vault):
    put_of_three_people(database, vault)
    with database.transaction() as session:
        answers = [(one, Turn((Reply("hello"),), "{}", "en", "greet", 1.0)) for one in claim_some(session, now(), 3)]
    with database.transaction() as other, database.transaction() as session:
        locked_contact(other, vault, "web", "b", now())
        assert close_some(session, answers, now()) == [answers[1]]
    assert len(replies(database)) == 2


def test_answers_stored_together_each_go_where_their_message_belongs(database, vault):
    put_of_three_people(database, vault)
    with database.transaction() as session:
        claimed = claim_some(session, now(), 3)
        places = dict(session.execute(select(Message.id, Message.conversation_id)).all())
        session.get(Conversation, places[claimed[1].message_id]).holder_id = 7
    answers = [
        (claimed[0], Turn((Reply("hello a"),), "{}", "en", "greet", 1.0)),
        (claimed[1], Turn((Reply("hello b"),), "{}", "en", "greet", 1.0)),
        (claimed[2], Turn((Reply("erased c"),), None, "en", "erase_confirmed", 1.0, erase=True)),
    ]
    with database.transaction() as session:
        assert close_some(session, answers, now()) == []
    with database.reading() as session:
        said = session.execute(select(Message.text, Message.conversation_id).where(Message.direction == "out")).all()
        left = set(session.execute(select(Message.text).where(Message.direction == "in")).scalars())
    assert sorted(said) == [("erased c", None), ("hello a", places[claimed[0].message_id])], "staff hold b's"
    assert left == {"from a", "from b"}


async def test_the_engine_learns_what_comes_next(database, vault):
    put_of_three_people(database, vault)
    engine = Echo()
    assert await Worker(database, engine).answer_some() == 3
    assert engine.expected == [["from a", "from b", "from c"]] == [engine.asked]


async def test_messages_are_answered_though_looking_ahead_fails(database, vault, caplog):
    put_of_three_people(database, vault)
    engine = Echo()
    engine.look_ahead = None
    assert await Worker(database, engine).answer_some() == 3
    assert sorted(replies(database)) == ["FROM A", "FROM B", "FROM C"]
    assert "not looked ahead" in caplog.text


async def test_the_loop_survives_an_engine_that_fails(database, vault):
    put(database, vault, "one")
    stop = asyncio.Event()
    engine = Echo(fail=1)
    task = asyncio.create_task(Worker(database, engine).run(stop))
    async with asyncio_timeout(20):
        while not replies(database):  # it is tried again after two seconds
            await asyncio.sleep(0.1)
    stop.set()
    await task
    assert (replies(database), engine.asked) == (["ONE"], ["one", "one"])


async def test_a_message_that_cannot_be_answered_gets_an_apology_in_the_end(database, vault, notices):
    put(database, vault, "one")
    worker = Worker(database, Echo(fail=99), notices)
    for _ in range(MAX_TRIES + 1):
        await worker.answer_some()
        with database.transaction() as session:
            session.execute(select(Message).order_by(Message.id)).scalar().claimed_until = NOW
    assert ["went wrong" in text for text in replies(database)] == [True]


async def test_a_worker_is_woken_at_once(database, vault):
    stop, engine = asyncio.Event(), Echo()
    task = asyncio.create_task(Worker(database, engine).run(stop))
    await asyncio.sleep(0.3)
    took = []
    for number in range(3):
        started = time.monotonic()
        await asyncio.to_thread(put, database, vault, f"{number}")
        while len(replies(database)) <= number:
            await asyncio.sleep(0.005)
        took.append(time.monotonic() - started)
    stop.set()
    await task
    assert min(took) < LOOK_S / 4


async def test_the_claim_of_a_killed_process_ends_at_once(database, vault):
    put(database, vault, "one")
    dead = subprocess.Popen(["sleep", "60"])
    with database.transaction() as session:
        claim(session, now())
        session.execute(select(Message)).scalar().claim = f"{HERE}-{dead.pid}-abc"
    worker = Worker(database, Echo())
    worker._end_dead_claims()
    assert await worker.answer_some() == 0
    dead.kill()  # not waited for: a zombie is dead too
    await asyncio.sleep(0.1)
    worker._end_dead_claims()
    assert await worker.answer_some() == 1
    dead.wait()


async def test_more_brings_the_rest_of_a_long_sms_and_then_is_a_word_again(database, vault, notices):
    long = "\n".join(f"{number} advice that is long enough to fill a line of the screen" for number in range(20))

    class Long(Echo):
        async def answer(self, question):
            return replace(await super().answer(question), replies=(Reply(long),))

    engine = Long()
    worker = Worker(database, engine, notices)

    def write(id, **more):
        with database.transaction() as session:
            receive(session, vault, InboundMessage("sms", "+254700000001", id, "more", **more), NOW)

    write("m1")
    await worker.answer_some()
    pages = 1
    while replies(database)[-1].endswith("Reply MORE for the rest"):
        write(f"more{pages}", command=Command.MORE)
        await worker.answer_some()
        pages += 1
    said = "\n".join(text.removesuffix("Reply MORE for the rest").strip() for text in replies(database))
    assert said.split() == long.split()
    assert all(segments(text) <= SMS_MAX_SEGMENTS for text in replies(database))
    assert len(engine.asked) == 1
    write("again", command=Command.MORE)
    await worker.answer_some()
    assert engine.asked[-1] == "more"


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({"media": Media.VOICE}, "voice message"),
        ({"media": Media.PICTURE}, "picture"),
        ({"media": Media.OTHER}, "only read words"),
        ({"command": Command.HELP}, "STOP ends"),
    ],
)
async def test_what_needs_no_engine_is_answered_without(database, vault, notices, more, answer):
    engine = Echo()
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", "+254700000001", "m1", "x", **more), NOW)
    await Worker(database, engine, notices).answer_some()
    assert answer in replies(database)[0]
    assert engine.asked == []
