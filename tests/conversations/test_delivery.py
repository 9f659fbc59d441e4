import asyncio
import datetime as dt

import pytest

from bot.channels.protocol import Cause, Command, DeliveryError, DeliveryReport, InboundMessage
from bot.conversations.claiming import claim
from bot.conversations.claims import OUTBOX_CLAIM
from bot.conversations.closing import close
from bot.conversations.delivery import Sender
from bot.conversations.inbox import receive
from bot.conversations.outbox import (
    LONGEST_WAIT_S,
    RETRY_FOR,
    claim_due,
    dead_letters,
    report,
    resend,
    wait_s,
)
from bot.conversations.turn import Turn
from bot.knowledge.reply import Reply
from tests.conversations.phones import ASHA, BEA, NOW, Phone, contact, outbox, say, send_all, states


async def test_replies_go_out_in_order_to_the_decrypted_address(database, vault, clock):
    say(database, vault, "one", "two")
    phone = Phone()
    await send_all(Sender(database, vault, {"sms": phone}, clock))
    assert phone.got == [(ASHA, "one"), (ASHA, "two")]
    assert [(m.state, m.provider_id) for m in outbox(database)] == [("sent", "SM1"), ("sent", "SM2")]


async def test_a_failed_reply_waits_as_told_and_the_next_one_does_not_overtake_it(database, vault, clock):
    say(database, vault, "one", "two")
    phone = Phone(DeliveryError("busy", retry_after_s=30))
    sender = Sender(database, vault, {"sms": phone}, clock)
    await send_all(sender)
    clock.forward(seconds=29)
    await send_all(sender)
    assert phone.got == []
    clock.forward(seconds=2)
    await send_all(sender)
    assert [text for _, text in phone.got] == ["one", "two"]


async def test_a_final_error_is_a_dead_letter_and_the_rest_goes_on(database, vault, clock):
    say(database, vault, "one", "two")
    sender = Sender(database, vault, {"sms": Phone(DeliveryError("refused", final=True))}, clock)
    await send_all(sender)
    assert states(database) == ["dead", "sent"]


async def test_staff_can_see_and_resend_dead_letters(database, vault, clock):
    say(database, vault, "one")
    phone = Phone(DeliveryError("refused", final=True))
    sender = Sender(database, vault, {"sms": phone}, clock)
    await send_all(sender)
    with database.transaction() as session:
        (dead,) = dead_letters(session)
        assert (dead.error, resend(session, [dead.id], clock())) == ("refused", 1)
    await send_all(sender)
    assert states(database) == ["sent"]


async def test_five_minutes_of_outage_lose_nothing_and_keep_each_contacts_order(database, vault, clock):
    for number in range(5):
        for address in (ASHA, BEA):
            say(database, vault, f"{number}", address=address, id=f"{address}{number}")
    phone = Phone()
    phone.down = True
    sender = Sender(database, vault, {"sms": phone}, clock)
    for _ in range(300):
        clock.forward(seconds=1)
        await sender.send_due()
    assert phone.got == []
    phone.down = False
    for _ in range(int(LONGEST_WAIT_S) + 1):
        clock.forward(seconds=1)
        await send_all(sender)
    for address in (ASHA, BEA):
        assert [text for to, text in phone.got if to == address] == ["0", "1", "2", "3", "4"]
    assert set(states(database)) == {"sent"}


async def test_after_a_day_a_reply_is_given_up(database, vault, clock):
    say(database, vault, "one")
    phone = Phone()
    phone.down = True
    sender = Sender(database, vault, {"sms": phone}, clock)
    clock.forward(days=1, seconds=1)
    await send_all(sender)
    assert states(database) == ["dead"]
    assert dt.timedelta(days=1) == RETRY_FOR


async def test_a_sender_that_dies_is_replaced_and_the_possible_repeat_counted(database, vault, clock):
    say(database, vault, "one")
    with database.transaction() as session:
        assert len(claim_due(session, vault, ["sms"], 10, clock())) == 1
        assert claim_due(session, vault, ["sms"], 10, clock()) == []
    phone = Phone()
    sender = Sender(database, vault, {"sms": phone}, clock)
    assert await sender.send_due() == 0
    clock.at += OUTBOX_CLAIM
    await send_all(sender)
    assert [(m.state, m.cut_off) for m in outbox(database)] == [("sent", 1)]


async def test_a_broken_line_is_counted_as_a_possible_repeat(database, vault, clock):
    say(database, vault, "one")
    sender = Sender(database, vault, {"sms": Phone(DeliveryError("broke", cut_off=True))}, clock)
    await send_all(sender)
    clock.forward(minutes=1)
    await send_all(sender)
    assert [(m.state, m.cut_off) for m in outbox(database)] == [("sent", 1)]


async def test_many_contacts_are_served_at_a_time_but_one_reply_of_each(database, vault, clock):
    for number in range(12):
        say(database, vault, "one", "two", address=f"+2547{number:08}", id=str(number))
    phone, stop = Phone(), asyncio.Event()
    task = asyncio.create_task(Sender(database, vault, {"sms": phone}, clock).run(stop))
    while set(states(database)) != {"sent"}:
        await asyncio.sleep(0.02)
    stop.set()
    await task
    assert 1 < phone.most <= Phone.concurrency
    for number in range(12):
        assert [text for to, text in phone.got if to == f"+2547{number:08}"] == ["one", "two"]


@pytest.mark.parametrize(
    ("cause", "state", "next_state", "column"),
    [(Cause.OPTED_OUT, "withheld", "withheld", "opted_out_at"), (Cause.UNREACHABLE, "dead", "dead", "unreachable_at")],
)
async def test_what_the_provider_says_of_a_person_ends_all_that_is_queued(
    database, vault, clock, cause, state, next_state, column
):
    say(database, vault, "one", "two")
    phone = Phone(DeliveryError("Twilio error", final=True, cause=cause))
    await send_all(Sender(database, vault, {"sms": phone}, clock))
    assert (states(database), phone.got) == ([state, next_state], [])
    assert getattr(contact(database), column) == NOW


async def test_nothing_is_sent_after_stop_until_start(database, vault, clock):
    say(database, vault, "one")
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", ASHA, "m2", "STOP", command=Command.STOP), NOW)
        assert claim(session, NOW) is None  # STOP itself is not answered
    say(database, vault, "two", id="m3")
    assert states(database) == ["withheld", "withheld"]
    say(database, vault, "call the police", id="m4", intent="emergency")
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", ASHA, "m5", "start", command=Command.START), NOW)
        close(session, claim(session, NOW), Turn((Reply("welcome"),), "{}", "en", "greet", 1.0), NOW)
    phone = Phone()
    await send_all(Sender(database, vault, {"sms": phone}, clock))
    assert [text for _, text in phone.got] == ["call the police", "welcome"]


@pytest.mark.parametrize(
    ("reports", "state", "delivery"),
    [
        ([("delivered", None)], "sent", "delivered"),
        ([("read", None), ("delivered", None)], "sent", "read"),
        ([("undelivered", DeliveryError("Twilio error 30003", final=True))], "dead", "undelivered"),
        ([("undelivered", DeliveryError("x", final=True)), ("sent", None)], "dead", "undelivered"),
        ([("failed", DeliveryError("63013", final=True, cause=Cause.BUTTONS_REFUSED))], "queued", "plain"),
    ],
)
async def test_delivery_reports_are_recorded_in_any_order(database, vault, clock, reports, state, delivery):
    say(database, vault, "one")
    await send_all(Sender(database, vault, {"sms": Phone()}, clock))
    (message,) = outbox(database)
    with database.transaction() as session:
        for status, error in reports:
            report(session, DeliveryReport(message.id, status, error), NOW)
        report(session, DeliveryReport(999_999, "delivered"), NOW)
    (message,) = outbox(database)
    assert (message.state, message.delivery) == (state, delivery)


def test_waits_double_up_to_a_limit():
    assert 1.0 <= wait_s(1) <= 2.0
    assert all(wait_s(attempt) <= LONGEST_WAIT_S for attempt in range(1, 1000))
