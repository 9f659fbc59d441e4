import pytest
from sqlalchemy import bindparam, func, inspect, select, text

from bot.conversations.inbox import InboundMessage, receive
from bot.conversations.tables import Contact, Message
from bot.storage.database import UtcDateTime
from bot.teaching.missed import accepted_since, decide, read_missed
from bot.teaching.suggestions import open_suggestions, settle
from bot.teaching.tables import Verdict


@pytest.fixture
def said(database, vault, now):
    """said("text", intent, confidence) stores a message that was answered so."""
    count = 0

    def store(text, intent="nlu_fallback", confidence=0.2, language="en", payload=None):
        nonlocal count
        count += 1
        with database.transaction() as session:
            receive(session, vault, InboundMessage("web", f"person {language}", str(count), text), now)
            message = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
            message.state, message.intent, message.confidence = "answered", intent, confidence
            message.payload = payload
            session.get(Contact, message.contact_id).language = language

    return store


def read(database):
    with database.reading() as session:
        return read_missed(session, "en")


def test_missed_and_unsure_questions_are_counted_by_wording_without_names_and_numbers(database, said):
    said("Do I pay tax in Qatar?")
    said("do i pay TAX in qatar")
    said("nalipa kodi", "wages_deductions", 0.45, "sw")
    said("call me on +254 712 345 678 about tax", "out_of_scope", 0.9)
    found = {one.text: (one.times, one.language) for one in read(database)}
    assert found == {
        "do i pay TAX in qatar": (2, "en"),
        "nalipa kodi": (1, "sw"),
        "call me on ••• about tax": (1, "en"),
    }
    assert {one.question for one in read(database)} >= {"call me on about tax"}


@pytest.mark.parametrize(
    "message",
    [
        {"text": "how do i get a receipt", "intent": "receipts", "confidence": 0.9},
        {"text": "help he beats me", "intent": "emergency", "confidence": 0.3},
        {"text": "3"},
        {"text": "0712345678"},
        {"text": "Menu", "payload": "/menu"},
        {"text": "a long story " * 40},
        {"text": "not answered yet", "intent": None, "confidence": None},
    ],
)
def test_what_is_no_missed_question_is_left_out(database, said, message):
    said(**message)
    assert read(database) == []


@pytest.fixture
def suggestions(database, said):
    """The desk's table; it is made here until its migration is there."""
    with database.engine.begin() as connection:
        if not inspect(connection).has_table("suggestions"):
            connection.execute(
                text(
                    "CREATE TABLE suggestions (id INTEGER PRIMARY KEY, message_id BIGINT, text TEXT,"
                    " language VARCHAR(8), topic VARCHAR(64), by BIGINT, at TIMESTAMP, state VARCHAR(16))"
                )
            )

    def suggest(id, wording, topic, at):
        said(wording, "receipts", 0.9)
        with database.transaction() as session:
            message = session.scalars(select(func.max(Message.id))).one()
            values = {"id": id, "text": wording, "language": "en", "topic": topic, "state": "open", "message": message}
            query = text(
                "INSERT INTO suggestions (id, message_id, text, language, topic, by, at, state)"
                " VALUES (:id, :message, :text, :language, :topic, 7, :at, :state)"
            )
            session.execute(query.bindparams(bindparam("at", type_=UtcDateTime)), {**values, "at": at})

    return suggest


def test_what_a_colleague_named_a_topic_for_is_open_until_it_is_decided(database, suggestions, now):
    suggestions(1, "no paper for my money", "receipts", now)
    suggestions(2, "they beat us", "abuse_and_violence", now)
    with database.reading() as session:
        found = open_suggestions(session)
    assert [(one.text, one.suggested, one.last_at) for one in found] == [
        ("they beat us", "abuse_and_violence", now),
        ("no paper for my money", "receipts", now),
    ]
    with database.transaction() as session:
        settle(session, [found[0].hash], Verdict.DISMISSED)
        assert [one.suggested for one in open_suggestions(session)] == ["receipts"]


def test_without_the_desk_there_are_no_suggestions(database):
    with database.reading() as session:
        assert open_suggestions(session) == []


def test_a_decided_wording_is_not_shown_again_even_if_it_comes_again(database, said, now):
    said("do i pay tax")
    said("what is your name")
    tax = next(one for one in read(database) if "tax" in one.text)
    with database.transaction() as session:
        decide(session, [tax.hash, tax.hash], Verdict.ACCEPTED, "wages_deductions", 7, now)
    said("Do I pay tax?!")
    assert [one.text for one in read(database)] == ["what is your name"]
    with database.reading() as session:
        assert accepted_since(session, None) == 1
        assert accepted_since(session, now) == 0
