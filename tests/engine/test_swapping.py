"""A model put in force under a worker that answers: nothing is lost, nothing waits, a bad one is not taken."""

import asyncio
import shutil
import time
import weakref
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from bot.channels.protocol import InboundMessage
from bot.conversations.inbox import receive
from bot.conversations.tables import Message
from bot.conversations.worker import Worker, now
from bot.engine.swapping import SwappingAssistant, load_beside
from bot.settings import load_settings
from bot.teaching import workers
from bot.teaching.choice import choose

QUESTIONS = ("how do i get a receipt", "ninawezaje kupata risiti", "je veux un reçu", "quero um recibo", "hello")


@dataclass
class Running:
    """A worker with its model, and how to see which one answers."""

    answers: SwappingAssistant
    settings: object
    model: str
    other: str


@pytest.fixture
async def running(assistant, model_settings, database, tmp_path):
    settings = load_settings(database_url=database.url.render_as_string(hide_password=False), var_dir=tmp_path / "var")
    settings.models_dir.mkdir(parents=True)
    source = next(model_settings.models_dir.glob("salama-*.tar.gz"))
    for name in ("one.tar.gz", "two.tar.gz"):
        shutil.copy(source, settings.models_dir / name)
    load = load_beside(assistant, settings)
    answers = SwappingAssistant(assistant, settings.models_dir / "one.tar.gz", load, settings, "engine")
    stop = asyncio.Event()
    worker = Worker(database, answers)
    tasks = [asyncio.create_task(worker.run(stop)), asyncio.create_task(answers.watch(stop))]
    yield Running(answers, settings, "one.tar.gz", "two.tar.gz")
    stop.set()
    await asyncio.gather(*tasks)


async def reported(settings, test, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = workers.running(settings.var_dir)
        if found and test(found[0]):
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError(found)


def put(database, vault, number):
    with database.transaction() as session:
        text = QUESTIONS[number % len(QUESTIONS)]
        receive(session, vault, InboundMessage("web", f"person {number}", str(number), text), now())


def waits(database):
    """For each message the seconds from its arrival to its first reply; None when there is none."""
    reply = aliased(Message)
    query = (
        select(Message.created_at, func.min(reply.created_at, type_=reply.created_at.type))
        .outerjoin(reply, reply.reply_to == Message.id)
        .where(Message.direction == "in")
        .group_by(Message.id, Message.created_at)
        .order_by(Message.id)
    )
    with database.reading() as session:
        return [(said - asked).total_seconds() if said else None for asked, said in session.execute(query)]


async def answered(database, seconds=30):
    """The waits, once every message is answered."""
    deadline = time.monotonic() + seconds
    while None in (found := waits(database)):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)
    return found


async def test_no_message_is_lost_or_waits_for_the_loading(running, database, vault):
    put(database, vault, 0)  # the first message of a process loads the sentence encoder
    await answered(database)
    changed, number = None, 1
    while changed is None or number < changed + 10:
        await asyncio.to_thread(put, database, vault, number)
        number += 1
        await asyncio.sleep(0.2)
        if number == 10:
            choose(running.settings.models_dir, running.other, "x")
            began = time.monotonic()
        if changed is None and number > 10:
            worker = workers.running(running.settings.var_dir)[0]
            if worker.model == running.other:
                changed, loading = number, time.monotonic() - began
        assert number < 2000
    found = await answered(database)
    assert len(found) == number
    print(f"{number} messages, longest wait {max(found[1:]):.2f} s, loading {loading:.2f} s")
    assert max(found[1:]) < loading / 2


async def test_the_former_model_leaves_the_memory(running):
    choose(running.settings.models_dir, running.other, "x")
    await reported(running.settings, lambda worker: worker.model == running.other)
    former = weakref.ref(running.answers._assistant.agent)
    choose(running.settings.models_dir, running.model, "x")
    await reported(running.settings, lambda worker: worker.model == running.model)
    deadline = time.monotonic() + 10
    while former() is not None and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    assert former() is None


async def test_a_model_that_does_not_load_is_not_taken(running, database, vault):
    broken = running.settings.models_dir / "broken.tar.gz"
    broken.write_bytes(b"no model")
    choose(running.settings.models_dir, broken.name, "x")
    worker = await reported(running.settings, lambda worker: worker.refused)
    assert (worker.model, worker.refused) == (running.model, broken.name)
    assert "broken.tar.gz" in worker.reason
    put(database, vault, 1)
    assert len(await answered(database)) == 1
    choose(running.settings.models_dir, running.model, "x")
    await reported(running.settings, lambda worker: worker.refused is None)
