import pytest
from sqlalchemy import select

from bot.channels.protocol import InboundMessage
from bot.conversations.desk_tables import Suggestion
from bot.conversations.inbox import receive
from bot.conversations.tables import Contact, Message
from bot.teaching.missed import accepted_since, decide, read_missed
from bot.teaching.suggestions import open_suggestions, settle
from bot.teaching.tables import Verdict


@pytest.fixture
def said(database, vault, now):
    """said("text", intent, confidence) stores a message that was answered so; returns its id."""
    count = 0

    def store(text, intent="nlu_fallback", confidence=0.2, language="en", payload=None, content_id=None):
        nonlocal count
        count += 1
        with database.transaction() as session:
            receive(session, vault, InboundMessage("web", f"person {language}", str(count), text), now)
            newest = select(Message).where(Message.direction == "in").order_by(Message.id.desc()).limit(1)
            message = session.scalars(newest).one()
            message.state, message.intent, message.confidence = "answered", intent, confidence
            message.payload = payload
            session.get(Contact, message.contact_id).language = language
            usual = {"nlu_fallback": "utter_not_understood", "out_of_scope": "utter_out_of_scope"}.get(intent, intent)
            for told in (usual if content_id is None else content_id, "utter_privacy_notice"):
                values = {"direction": "out", "state": "queued", "channel": "web", "text": "…", "choices": []}
                reply = Message(contact_id=message.contact_id, reply_to=message.id, created_at=now, **values)
                reply.content_id = told or ""
                session.add(reply)
            return message.id

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
        {"text": "Golden Bridge in Nairobi", "content_id": "utter_ask_report_what"},
        {"text": "for the person who answers", "intent": "with_person", "confidence": 0.0, "content_id": ""},
    ],
)
def test_what_is_no_missed_question_is_left_out(database, said, message):
    said(**message)
    assert read(database) == []


@pytest.fixture
def suggest(database, said):
    """suggest("text", "topic", time): a colleague says what a message should have been."""

    def add(wording, topic, at):
        message_id = said(wording, "receipts", 0.9)
        values = {"text": wording, "language": "en", "topic": topic, "by": 7, "at": at, "state": "open"}
        with database.transaction() as session:
            session.add(Suggestion(message_id=message_id, **values))

    return add


def test_what_a_colleague_named_a_topic_for_is_open_until_it_is_decided(database, suggest, now):
    suggest("no paper for my money", "receipts", now)
    suggest("they beat us", "abuse_and_violence", now)
    with database.reading() as session:
        found = open_suggestions(session)
    assert [(one.text, one.suggested, one.last_at) for one in found] == [
        ("they beat us", "abuse_and_violence", now),
        ("no paper for my money", "receipts", now),
    ]
    with database.transaction() as session:
        settle(session, [found[0].hash], Verdict.DISMISSED)
        assert [one.suggested for one in open_suggestions(session)] == ["receipts"]


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
