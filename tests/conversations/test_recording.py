import asyncio

import pytest

from bot.channels.protocol import DeliveryError, DeliveryReport
from bot.conversations.delivery import Sender
from bot.conversations.outbox import claim_due, record, record_sent, report
from bot.conversations.tables import Message
from tests.conversations.phones import BEA, NOW, Phone, outbox, say, send_all, states


async def test_an_id_given_twice_does_not_hold_up_the_sender(database, vault, clock):
    say(database, vault, "one")
    say(database, vault, "two", address=BEA, id="m2")
    phone = Phone()

    async def send(outgoing):
        phone.got.append(outgoing.reply.text)
        return "always the same"

    phone.send = send
    await asyncio.wait_for(send_all(Sender(database, vault, {"sms": phone}, clock)), 20)
    assert sorted(phone.got) == ["one", "two"]
    assert states(database) == ["sent", "sent"]


async def test_sends_that_end_while_others_are_recorded_are_recorded_too(database, vault, clock):
    """The fault of be44468: what ended after a batch was taken went to the former batch, and stayed queued."""
    for number in range(6):
        say(database, vault, "hello", address=f"+25470000000{number}", id=f"m{number}")
    phone = Phone()

    async def send(outgoing):
        at_once = not phone.got
        phone.got.append(outgoing.address)
        await asyncio.sleep(0 if at_once else 0.05 * len(phone.got))
        return outgoing.address

    phone.send = send
    assert await Sender(database, vault, {"sms": phone}, clock).send_due() == 6
    assert states(database) == ["sent"] * 6


@pytest.mark.parametrize(
    "recorded",
    [lambda session, due: record(session, due, "SM1", NOW), lambda session, due: record_sent(session, [(due, "SM1")])],
)
async def test_a_failure_reported_before_the_send_is_recorded_is_not_forgotten(database, vault, clock, recorded):
    say(database, vault, "one")
    with database.transaction() as session:
        (due,) = claim_due(session, vault, ["sms"], 1, NOW)
        error = DeliveryError("Twilio error 30003", final=True)
        report(session, DeliveryReport(due.outgoing.message_id, "undelivered", error), NOW)
    with database.transaction() as session:
        recorded(session, due)
    assert [(m.state, m.error) for m in outbox(database)] == [("dead", "Twilio error 30003")]


async def test_sends_recorded_together_leave_out_a_claim_that_was_lost(database, vault, clock):
    say(database, vault, "one")
    say(database, vault, "two", address=BEA, id="m2")
    with database.transaction() as session:
        lost, kept = claim_due(session, vault, ["sms"], 2, NOW)
        assert session.get(Message, lost.outgoing.message_id).claim == kept.token
        session.get(Message, lost.outgoing.message_id).claim = "another sender's"
    with database.transaction() as session:
        assert record_sent(session, [(lost, "SM1"), (kept, "SM2")]) == []
    assert [(m.state, m.claim, m.provider_id) for m in outbox(database)] == [
        ("queued", "another sender's", None),
        ("sent", None, "SM2"),
    ]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer, who locks all
async def test_sends_recorded_together_wait_for_nobody(database, vault, clock):
    say(database, vault, "one")
    say(database, vault, "two", address=BEA, id="m2")
    with database.transaction() as session:
        first, second = claim_due(session, vault, ["sms"], 2, NOW)
    with database.transaction() as other, database.transaction() as session:
        report(other, DeliveryReport(first.outgoing.message_id, "delivered"), NOW)
        assert record_sent(session, [(first, "SM1"), (second, "SM2")]) == [(first, "SM1")]
    assert states(database) == ["queued", "sent"]


async def test_a_busy_sender_records_what_ends_while_it_records(database, vault, clock):
    for number in range(12):
        say(database, vault, "one", "two", address=f"+2547{number:08}", id=str(number))
    phone, stop = Phone(), asyncio.Event()

    async def send(outgoing):
        phone.got.append(outgoing.reply.text)
        await asyncio.sleep(0.001 * (len(phone.got) % 7))
        return f"SM{outgoing.message_id}"

    phone.send = send
    task = asyncio.create_task(Sender(database, vault, {"sms": phone}, clock).run(stop))
    while len(phone.got) < 24:
        await asyncio.sleep(0.001)
    stop.set()  # what was handed over is recorded all the same
    await task
    assert states(database) == ["sent"] * 24
