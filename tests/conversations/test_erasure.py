"""Erasing a person, and old texts: nothing of the words is left, in no table and (on SQLite) in no file."""

import asyncio
import datetime as dt
import json

import pytest
from sqlalchemy import inspect, select, text, update

from bot.channels.protocol import InboundMessage
from bot.conversations import erasure, records, retention
from bot.conversations.claiming import claim
from bot.conversations.closing import close
from bot.conversations.desk_tables import Note, Suggestion
from bot.conversations.housekeeping import Housekeeping
from bot.conversations.housekeeping_tables import By, Erasure
from bot.conversations.inbox import receive
from bot.conversations.tables import Contact, Conversation, DialogueState, Message, State
from bot.conversations.turn import Turn
from bot.knowledge.reply import Choice, Reply
from bot.registry.tables import Report, Watch

WORDS = ("zanzibarite", "quetzalcoatl", "hippopotamus", "xylophonist", "bumblebee")
NUMBER = "+254712345678"
START = dt.datetime(2025, 3, 1, 12, tzinfo=dt.timezone.utc)


def say(database, vault, words, at, address=NUMBER):
    """The person writes `words`, and the bot answers with a word and a choice of its own; returns the contact's id."""
    message = InboundMessage("sms", address, f"{address[-2:]}.{at.timestamp()}", words)
    with database.transaction() as session:
        assert receive(session, vault, message, at)
    with database.transaction() as session:
        claimed = claim(session, at)
        told, rest, slot = ("bumblebee", "hippopotamus", "xylophonist") if address == NUMBER else ("a", "b", "c")
        reply = Reply(f"You said {words}", (Choice(told, f"/{told}"),), "receipts", Reply(rest, (), "x"))
        state = json.dumps({"slots": {"recruiter_asked": slot}, "form": None})
        close(session, claimed, Turn((reply,), state, "en", "receipts", 0.9), at)
        sent = update(Message).where(Message.state == State.QUEUED.value).values(state=State.SENT.value)
        session.execute(sent.execution_options(synchronize_session=False))
        return claimed.question.contact_id


def note_things(database, contact_id, at):
    with database.transaction() as session:
        conversation = session.execute(select(Conversation).where(Conversation.contact_id == contact_id)).scalar_one()
        message = session.execute(select(Message).where(Message.contact_id == contact_id)).scalars().first()
        records.note(session, conversation.id, 1, "She is quetzalcoatl", at)
        records.tag(session, conversation.id, "zanzibarite")
        records.suggest(session, conversation.id, message.id, "receipts", "en", 1, at)
        session.add(Watch(contact_id=contact_id, source="ke", identity="hippopotamus", status="valid", created_at=at))
        session.add(
            Report(reference="R7K3MQX", contact_id=contact_id, language="en", told=b"x", state="new", created_at=at)
        )


def everything(database):
    """All that the tables hold, as one text."""
    with database.reading() as session:
        tables = [name for name in inspect(session.connection()).get_table_names() if "search_" not in name]
        return " ".join(str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)


def files(database):
    """All bytes of SQLite's files."""
    path = database.url.database
    found = b""
    for name in (path, f"{path}-wal", f"{path}-shm"):
        try:
            with open(name, "rb") as file:
                found += file.read()
        except FileNotFoundError:
            continue
    return found


def left_in(database):
    kept = everything(database)
    left = {word for word in (*WORDS, NUMBER, NUMBER[1:]) if word in kept}
    if database.is_sqlite:
        left |= {word for word in (*WORDS, NUMBER, NUMBER[1:]) if word.encode() in files(database)}
    return left


@pytest.fixture
def person(database, vault):
    for day, words in enumerate(("I am zanzibarite", f"call me on {NUMBER}", "and quetzalcoatl")):
        contact_id = say(database, vault, words, START + dt.timedelta(hours=day))
    note_things(database, contact_id, START)
    assert left_in(database) >= set(WORDS)
    return contact_id


def other(database, vault):
    return say(database, vault, "somebody else", START, "+255700000001")


def test_erasing_in_the_chat_leaves_no_word_of_the_person(database, vault, person):
    someone = other(database, vault)
    at = START + dt.timedelta(days=1)
    message = InboundMessage("sms", NUMBER, "last", "erase my data")
    with database.transaction() as session:
        receive(session, vault, message, at)
    with database.transaction() as session:
        turn = Turn((Reply("Done.", (), "utter_erased"),), None, "en", "erase", 1.0, erase=True)
        close(session, claim(session, at), turn, at)
    assert erasure.scrub_if_due(database, at)
    assert left_in(database) == set()
    with database.reading() as session:
        assert session.get(Contact, person) is not None  # the confirmation must find its way
        assert [row.text for row in session.query(Message).filter_by(contact_id=person)] == ["Done."]
        assert session.query(Message).filter_by(contact_id=someone).count() == 2
        assert session.query(Report).one().contact_id is None
        assert session.query(Watch).count() == 0
        assert session.query(Erasure).one().scrubbed_at == at


def test_erasing_by_staff_takes_the_address_too(database, vault, person):
    someone = other(database, vault)
    with database.transaction() as session:
        assert erasure.erase_contact(session, person, START)
        assert not erasure.erase_contact(session, "nobody", START)
    assert erasure.scrub_if_due(database, START)
    assert left_in(database) == set()
    with database.reading() as session:
        assert [contact.id for contact in session.query(Contact)] == [someone]
        assert session.query(Erasure).one().by == By.STAFF.value


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_files_are_searched_in_earnest(database, vault, person):
    """Deleting alone leaves the words in the write-ahead log: the search above would find them."""
    with database.transaction() as session:
        erasure.erase_contact(session, person, START)
    assert b"quetzalcoatl" in files(database)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_reader_that_keeps_old_pages_alive_only_delays_the_scrub(database, vault, person):
    with database.reading() as session:
        session.execute(text("SELECT count(*) FROM messages")).all()
        with database.transaction() as writer:
            erasure.erase_contact(writer, person, START)
        assert not erasure.scrub_if_due(database, START)
    assert erasure.scrub_if_due(database, START)
    assert left_in(database) == set()


def test_old_texts_are_erased_and_rows_stay(database, vault, person):
    now = START + dt.timedelta(days=31)
    fresh = say(database, vault, "fresh words", now - dt.timedelta(days=2), "+255700000001")
    asyncio.run(Housekeeping(database, 30, [], lambda: now).look())
    assert left_in(database) == {"zanzibarite", "hippopotamus"}  # a tag, and the identity of a watched entry
    with database.reading() as session:
        old = session.query(Message).filter_by(contact_id=person).all()
        assert len(old) == 6
        assert {(row.text, row.payload, str(row.choices), row.rest) for row in old} == {("", None, "[]", None)}
        assert {row.intent for row in old} == {"receipts", None}
        assert next(row.text for row in session.query(Message).filter_by(contact_id=fresh)) == "fresh words"
        assert session.query(Note).one().text == ""
        assert (session.query(Suggestion).one().text, session.query(Suggestion).one().state) == ("", "expired")
        assert session.get(DialogueState, person) is None
        assert session.get(DialogueState, fresh) is not None


def test_retention_goes_on_where_it_stopped_and_passes_over_what_waits(database, vault, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for hour in range(5):
        contact = say(database, vault, f"words {hour}", START + dt.timedelta(minutes=hour))
    with database.transaction() as session:
        session.query(Message).filter_by(contact_id=contact).first().state = State.RECEIVED.value
    now = START + dt.timedelta(days=40)
    asyncio.run(Housekeeping(database, 30, [], lambda: now).look())
    with database.reading() as session:
        texts = [row.text for row in session.query(Message)]
    assert sorted(filter(None, texts)) == ["words 0"]
    with database.transaction() as session:
        assert not retention.erase_some(session, now - dt.timedelta(days=30), now)


def test_zero_days_keep_everything(database, vault, person):
    asyncio.run(Housekeeping(database, 0, [], lambda: START + dt.timedelta(days=9999)).look())
    assert left_in(database) >= set(WORDS)
