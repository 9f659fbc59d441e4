import datetime as dt

import pytest
from sqlalchemy import select

from bot.channels.protocol import ChoiceRef, Command, InboundMessage, Location
from bot.conversations.claiming import claim
from bot.conversations.claims import INBOX_CLAIM
from bot.conversations.closing import ClaimLost, close
from bot.conversations.contacts import locked_contact, set_reachable, window_closes
from bot.conversations.inbox import receive
from bot.conversations.tables import Contact, DialogueState, Message
from bot.conversations.turn import Turn
from bot.knowledge.reply import Choice, Reply

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


def put(database, vault, text="hello", id="m1", address="+254700000001", choice=None):
    with database.transaction() as session:
        return receive(session, vault, InboundMessage("sms", address, id, text, choice), NOW)


def take(database, at=NOW):
    with database.transaction() as session:
        return claim(session, at)


def turn(*replies, erase=False):
    return Turn(tuple(replies), '{"slots": {}, "form": null}', "en", "greet", 0.9, erase)


def finish(database, claimed, answer):
    with database.transaction() as session:
        close(session, claimed, answer, NOW)


def everything(database, kind):
    with database.transaction() as session:
        return list(session.execute(select(kind).order_by(kind.id if kind is Message else kind.created_at)).scalars())


MENU = Reply("Choose", (Choice("Fees", "/recruitment_fees"), Choice("Menu", "/menu")), "menu_main")


def test_a_message_delivered_twice_is_stored_once(database, vault):
    assert put(database, vault)
    assert not put(database, vault)
    assert len(everything(database, Message)) == 1


def test_what_comes_together_after_a_day_opens_one_conversation(database, vault):
    put(database, vault, "yesterday", "m1")
    later = NOW + dt.timedelta(hours=25)
    with database.transaction() as session:
        for id in ("m2", "m3"):
            receive(session, vault, InboundMessage("sms", "+254700000001", id, "hello"), later)
    places = [message.conversation_id for message in everything(database, Message)]
    assert places[0] != places[1] == places[2]
    assert everything(database, Contact)[0].last_inbound_at == later


def test_who_writes_can_be_reached_again(database, vault):
    put(database, vault)
    with database.transaction() as session:
        contact = locked_contact(session, vault, "sms", "+254700000001", NOW)
        set_reachable(session, contact, False, NOW)
        receive(session, vault, InboundMessage("sms", "+254700000001", "m2", "hello"), NOW)
    assert everything(database, Contact)[0].unreachable_at is None


def test_the_address_is_stored_encrypted_only(database, vault):
    put(database, vault)
    (contact,) = everything(database, Contact)
    assert vault.decrypt(contact.address_encrypted) == "+254700000001"
    assert "254700" not in contact.id + contact.address_hash


def test_one_message_a_contact_is_in_flight_in_order(database, vault):
    put(database, vault, "one thing", "m1")
    put(database, vault, "another thing", "m2")
    put(database, vault, "other person", "m3", address="+254700000002")
    first, other = take(database), take(database)
    assert (first.question.text, other.question.text) == ("one thing", "other person")
    assert take(database) is None
    finish(database, first, turn(MENU))
    assert take(database).question.text == "another thing"


def test_a_dead_workers_message_is_taken_over_and_its_late_answer_refused(database, vault):
    put(database, vault)
    dead = take(database)
    alive = take(database, NOW + INBOX_CLAIM + dt.timedelta(seconds=1))
    assert alive.message_id == dead.message_id
    with pytest.raises(ClaimLost):
        finish(database, dead, turn(MENU))
    finish(database, alive, turn(MENU))
    assert [m.direction for m in everything(database, Message)] == ["in", "out"]


def test_the_state_comes_back_with_the_next_message(database, vault):
    put(database, vault, id="m1")
    finish(database, take(database), turn(MENU))
    put(database, vault, id="m2")
    assert take(database).question.state == '{"slots": {}, "form": null}'


@pytest.mark.parametrize(
    ("text", "meaning", "is_payload"),
    [
        ("1", "/recruitment_fees", True),
        (" 2. ", "/menu", True),
        ("0", "/menu", True),
        ("7", "7", False),
        ("1 passport", "1 passport", False),
        ("/menu", "/menu", False),
    ],
)
def test_digits_mean_the_choices_shown_last(database, vault, text, meaning, is_payload):
    put(database, vault, id="m1")
    finish(database, take(database), turn(MENU, Reply("a note without choices")))
    put(database, vault, text, id="m2")
    question = take(database).question
    assert (question.text, question.is_payload) == (meaning, is_payload)


def test_digits_do_not_reach_back_past_an_answer_without_choices(database, vault):
    put(database, vault, id="m1")
    finish(database, take(database), turn(MENU))
    put(database, vault, "check a recruiter", id="m2")
    finish(database, take(database), turn(Reply("Which recruiter?")))
    put(database, vault, "1", id="m3")
    question = take(database).question
    assert (question.text, question.is_payload) == ("1", False)


def test_a_picked_choice_counts_only_for_whom_it_was_offered(database, vault):
    put(database, vault, id="m1")
    finish(database, take(database), turn(MENU))
    offered = everything(database, Message)[-1].id
    put(database, vault, "Fees", "m2", choice=ChoiceRef(offered, 0))
    assert take(database).question.text == "/recruitment_fees"
    put(database, vault, "Fees", "m3", address="+254700000009", choice=ChoiceRef(offered, 0))
    stranger = take(database).question
    assert (stranger.text, stranger.is_payload) == ("Fees", False)


def test_erasing_leaves_nothing_that_was_said(database, vault):
    put(database, vault, "my secret", "m1")
    finish(database, take(database), turn(MENU))
    put(database, vault, "erase", "m2")
    finish(database, take(database), turn(Reply("Done", (), "utter_erased"), erase=True))
    assert [m.text for m in everything(database, Message)] == ["Done"]
    with database.transaction() as session:
        assert session.execute(select(DialogueState)).first() is None


@pytest.mark.parametrize(
    ("more", "meaning"),
    [
        ({"command": Command.START}, ("/greet", True)),
        ({"command": Command.RESUME}, ("yes", False)),
        ({"action": "emergency"}, ("/emergency", True)),
        ({"location": Location(-1.286389, 36.817223)}, ('/find_mrc{"latitude": "-1.29", "longitude": "36.82"}', True)),
    ],
)
def test_commands_and_places_become_payloads(database, vault, more, meaning):
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", "+254700000001", "m1", "yes", **more), NOW)
    question = take(database).question
    assert (question.text, question.is_payload) == meaning


def test_yes_after_stop_means_start(database, vault):
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", "+254700000001", "m1", "stop", command=Command.STOP), NOW)
        receive(session, vault, InboundMessage("sms", "+254700000001", "m2", "yes", command=Command.RESUME), NOW)
    (contact,) = everything(database, Contact)
    assert contact.opted_out_at is None
    assert take(database).question.text == "/greet"


def test_a_choice_can_be_named_by_the_providers_id_too(database, vault):
    put(database, vault, id="m1")
    finish(database, take(database), turn(MENU))
    with database.transaction() as session:
        session.execute(select(Message).where(Message.direction == "out")).scalar().provider_id = "SM9"
    put(database, vault, "Fees", "m2", choice=ChoiceRef("SM9", 1))
    assert take(database).question.text == "/menu"


def test_whatsapps_window_closes_a_day_after_the_last_message(database, vault):
    with database.transaction() as session:
        receive(session, vault, InboundMessage("whatsapp", "+254700000001", "m1", "hi"), NOW)
        receive(session, vault, InboundMessage("sms", "+254700000001", "m2", "hi"), NOW)
    by_channel = {contact.channel: window_closes(contact) for contact in everything(database, Contact)}
    assert by_channel == {"whatsapp": NOW + dt.timedelta(hours=24), "sms": None}
