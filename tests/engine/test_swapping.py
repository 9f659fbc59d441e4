"""A model put in force under a worker that answers: nothing is lost, nothing waits, a bad one is not taken."""

import asyncio
import shutil
import time
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from bot.conversations.inbox import InboundMessage, receive
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
    """For each message the seconds from its arrival to its reply; None when there is none."""
    with database.reading() as session:
        asked = session.execute(select(Message.id, Message.created_at).where(Message.direction == "in")).all()
        said = dict(
            session.execute(
                select(Message.reply_to, func.min(Message.created_at))
                .where(Message.direction == "out")
                .group_by(Message.reply_to)
            ).all()
        )
    return [
        (said[id] - at.replace(tzinfo=None) if said[id].tzinfo is None else said[id] - at) if id in said else None
        for id, at in asked
    ]


async def test_no_message_is_lost_or_waits_two_seconds_for_the_change(running, database, vault):
    await reported(running.settings, lambda worker: worker.model == running.model)
    changed, number = None, 0
    while changed is None or number < changed + 10:
        await asyncio.to_thread(put, database, vault, number)
        number += 1
        await asyncio.sleep(0.05)
        if number == 10:
            choose(running.settings.models_dir, running.other, "x")
        if changed is None and number > 10:
            worker = workers.running(running.settings.var_dir)[0]
            changed = number if worker.model == running.other else None
        assert number < 2000
    deadline = time.monotonic() + 20
    while None in waits(database) and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    found = waits(database)
    assert None not in found
    longest = max(wait.total_seconds() for wait in found)
    print(f"{number} messages, longest wait {longest:.2f} s")
    assert longest < 2


async def test_a_model_that_does_not_load_is_not_taken(running, database, vault):
    broken = running.settings.models_dir / "broken.tar.gz"
    broken.write_bytes(b"no model")
    choose(running.settings.models_dir, broken.name, "x")
    worker = await reported(running.settings, lambda worker: worker.refused)
    assert (worker.model, worker.refused) == (running.model, broken.name)
    assert "broken.tar.gz" in worker.reason
    put(database, vault, 1)
    deadline = time.monotonic() + 10
    while None in waits(database) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert None not in waits(database)
    choose(running.settings.models_dir, running.model, "x")
    await reported(running.settings, lambda worker: worker.refused is None)
