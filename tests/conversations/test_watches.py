"""People who watch an agency are told of a change once, in their language, by the channel they wrote on."""

import csv
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.channels.protocol import Command, InboundMessage
from bot.channels.rendering import numbered
from bot.conversations.contacts import locked_contact
from bot.conversations.inbox import receive
from bot.conversations.notices import Notices
from bot.conversations.tables import Contact, Message
from bot.conversations.watches import Watcher
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.segments import fold, segments
from bot.knowledge.store import KnowledgeStore
from bot.registry.filing import FiledWatch
from bot.registry.importing import import_file
from bot.registry.source import load_sources
from bot.registry.tables import RegistryEntry, Watch
from bot.settings import ROOT

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)
SOURCES = load_sources(ROOT / "content")
SOURCE = SOURCES["jm_employment_agencies"]
FIRMS = [f"Firm Number {n} Overseas" for n in range(1, 41)]
WATCHED = "Pearl of the Caribbean Overseas Employment Services"


@pytest.fixture(scope="module")
def notices(content_dir):
    return Notices(KnowledgeStore(content_dir), "en")


@pytest.fixture
def watcher(database, notices):
    return Watcher(database, SOURCES, notices)


@pytest.fixture
def publish(database, tmp_path):
    """Imports a list on which the watched firm has a status, or is missing."""

    def import_(day, status):
        path = tmp_path / f"list_2026-11-{day:02}.csv"
        with path.open("w", newline="", encoding="windows-1252") as file:
            writer = csv.writer(file)
            writer.writerow(["AGENCY", "STATUS", "CONTACT", "LOCATION", "PROGRAMMES"])
            writer.writerows([[name, "approved", "", "Kingston", ""] for name in FIRMS])
            writer.writerows([[WATCHED, status, "", "Kingston", ""]] if status else [])
        assert not import_file(database, SOURCE, path, "test", NOW).held

    return import_


def watch(database, vault, channel="sms", address="+254700000001", language="en"):
    with database.transaction() as session:
        contact = locked_contact(session, vault, channel, address, NOW).id
        session.get(Contact, contact).language = language
        entry = session.execute(select(RegistryEntry.id).where(RegistryEntry.name == WATCHED)).scalars().first()
        FiledWatch(entry, True).store(session, contact, NOW)
    return contact


def told(database):
    with database.transaction() as session:
        return [
            Reply(m.text, tuple(Choice(*choice) for choice in m.choices), m.content_id)
            for m in session.execute(select(Message).where(Message.direction == "out").order_by(Message.id)).scalars()
        ]


WORDS = {"en": "which you asked me", "fr": "que vous suivez", "pt": "que me pediu", "sw": "uliyoniomba"}


@pytest.mark.parametrize("language", WORDS)
def test_a_change_is_told_once_in_the_language_of_the_person_in_two_segments(
    database, vault, watcher, publish, language
):
    publish(1, "pending")
    watch(database, vault, language=language)
    assert watcher.tell() == 0
    publish(2, "approved")
    assert [watcher.tell(), watcher.tell()] == [1, 0]
    publish(3, None)
    assert [watcher.tell(), watcher.tell()] == [1, 0]
    messages = told(database)
    assert [message.content_id for message in messages] == ["utter_watch_changed", "utter_watch_gone"]
    for message in messages:
        assert WORDS[language] in message.text
        assert "Pearl of the Caribbean" in message.text
        assert segments(fold(numbered(message))) <= 2, numbered(message)
    assert "2026-11-02" in messages[0].text
    assert any("unwatch_recruiter" in choice.payload for choice in messages[0].choices)


def test_a_firm_struck_off_is_danger(database, vault, watcher, publish):
    publish(1, "approved")
    watch(database, vault)
    with database.transaction() as session:
        entry = session.execute(select(RegistryEntry).where(RegistryEntry.name == WATCHED)).scalar_one()
        entry.status = "suspended"
    assert watcher.tell() == 1
    assert told(database)[0].text.startswith("DANGER: Pearl of the Caribbean")


def test_two_processes_tell_it_once(database, vault, notices, publish):
    publish(1, "pending")
    people = [watch(database, vault, address=f"+25470000000{n}") for n in range(5)]
    publish(2, "approved")
    watchers = [Watcher(database, SOURCES, notices) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(lambda watcher: watcher.tell(), watchers))
    assert sum(counts) == len(told(database)) == len(people)


def test_after_stop_nothing_is_sent_and_on_start_it_is_told(database, vault, watcher, publish):
    publish(1, "pending")
    watch(database, vault)
    write = [Command.STOP, Command.START]
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", "+254700000001", "m1", "stop", command=write[0]), NOW)
    publish(2, "approved")
    assert watcher.tell() == 0
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", "+254700000001", "m2", "start", command=write[1]), NOW)
    assert watcher.tell() == 1


def test_who_no_longer_watches_is_told_nothing(database, vault, watcher, publish):
    publish(1, "pending")
    contact = watch(database, vault)
    with database.transaction() as session:
        entry = session.execute(select(RegistryEntry.id).where(RegistryEntry.name == WATCHED)).scalar_one()
        FiledWatch(entry, False).store(session, contact, NOW)
        assert session.execute(select(Watch)).first() is None
    publish(2, "approved")
    assert watcher.tell() == 0


def test_all_watches_of_one_person_end_together(database, vault, publish):
    publish(1, "approved")
    mine, other = watch(database, vault), watch(database, vault, address="+254700000002")
    with database.transaction() as session:
        FiledWatch(None, on=False).store(session, None, NOW)
        FiledWatch(None, on=False).store(session, mine, NOW)
        assert session.execute(select(Watch.contact_id)).scalars().all() == [other]
