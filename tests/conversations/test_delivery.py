import asyncio
import datetime as dt

import pytest
from sqlalchemy import select

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
    record,
    record_sent,
    report,
    resend,
    wait_s,
)
from bot.conversations.tables import Contact, Message
from bot.conversations.turn import Turn
from bot.knowledge.reply import Reply

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)
ASHA, BEA = "+254700000001", "+254700000002"


class Phone:
    name, paths, concurrency = "sms", (), 4

    def __init__(self, *errors):
        self.errors, self.got, self.down, self.in_flight, self.most = list(errors), [], False, 0, 0

    async def send(self, outgoing):
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(0.005)
        self.in_flight -= 1
        if self.down:
            raise DeliveryError("down")
        if self.errors and (error := self.errors.pop(0)):
            raise error
        self.got.append((outgoing.address, outgoing.reply.text))
        return f"SM{len(self.got)}"

    async def announce(self):
        pass

    async def close(self):
        pass


class Clock:
    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at

    def forward(self, **time):
        self.at += dt.timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


def say(database, vault, *texts, address=ASHA, id="m1", at=NOW, intent="greet"):
    """A person writes once, and gets `texts` as replies."""
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", address, id, "hi"), at)
    with database.transaction() as session:
        close(session, claim(session, at), Turn(tuple(map(Reply, texts)), "{}", "en", intent, 1.0), at)


def outbox(database):
    with database.transaction() as session:
        return list(session.execute(select(Message).where(Message.direction == "out").order_by(Message.id)).scalars())


def states(database):
    return [message.state for message in outbox(database)]


def contact(database):
    with database.transaction() as session:
        return session.execute(select(Contact)).scalars().first()


async def send_all(sender):
    while await sender.send_due():
        pass


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


def test_waits_double_up_to_a_limit():
    assert 1.0 <= wait_s(1) <= 2.0
    assert all(wait_s(attempt) <= LONGEST_WAIT_S for attempt in range(1, 1000))
