import datetime as dt

from bot.conversations.tables import Contact, Message
from bot.editing.usage import Usage, usage
from tests.editing.conftest import NOW


def conversation(session, contact, *intents):
    if session.get(Contact, contact) is None:
        session.add(Contact(id=contact, channel="web", address_encrypted=b"x", address_hash=contact, created_at=NOW))
        session.flush()
    for intent in intents:
        for direction, meant in (("in", intent), ("out", None)):
            message = Message(contact_id=contact, direction=direction, state="done", channel="web", text="…")
            message.intent, message.created_at = meant, NOW + dt.timedelta(seconds=1)
            session.add(message)
            session.flush()


def test_an_answer_was_not_enough_when_the_person_asked_on(database):
    with database.transaction() as session:
        conversation(session, "a", "fees", "receipts")
        conversation(session, "b", "fees", "talk_to_person")
        conversation(session, "c", "fees", "nlu_fallback", "receipts")
        conversation(session, "d", "fees")
        conversation(session, "b", "receipts")
    with database.reading() as session:
        found = usage(session)
    assert found["fees"] == Usage(4, 2)
    assert found["fees"].helped == 0.5
    assert found["receipts"] == Usage(3, 0)


def test_nothing_was_asked_yet(database):
    with database.reading() as session:
        assert usage(session) == {}
