import datetime as dt

import pytest
from sqlalchemy import select

from bot.conversations.delivery import LONGEST_WAIT_S, MAX_ATTEMPTS, DeliveryError, deliver_next, wait_s
from bot.conversations.inbox import InboundMessage, claim, close, receive
from bot.conversations.tables import Message
from bot.conversations.turn import Turn
from bot.knowledge.reply import Reply

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


class Phone:
    def __init__(self, *errors):
        self.errors, self.got = list(errors), []

    async def send(self, address, reply):
        if self.errors and (error := self.errors.pop(0)):
            raise error
        self.got.append((address, reply.text))


@pytest.fixture
def queued(database, vault):
    with database.transaction() as session:
        receive(session, vault, InboundMessage("sms", "+254700000001", "m1", "hi"), NOW)
    with database.transaction() as session:
        close(session, claim(session, NOW), Turn((Reply("one"), Reply("two")), "{}", "en", "greet", 1.0), NOW)
    return database


def outbox(database):
    with database.transaction() as session:
        return list(session.execute(select(Message).where(Message.direction == "out").order_by(Message.id)).scalars())


async def deliver_all(database, vault, phone):
    while await deliver_next(database, vault, {"sms": phone}):
        pass


async def test_replies_go_out_in_order_to_the_decrypted_address(queued, vault):
    phone = Phone()
    await deliver_all(queued, vault, phone)
    assert phone.got == [("+254700000001", "one"), ("+254700000001", "two")]
    assert [m.state for m in outbox(queued)] == ["sent", "sent"]


async def test_a_failed_reply_waits_and_the_next_one_does_not_overtake_it(queued, vault):
    phone = Phone(DeliveryError("busy", retry_after_s=30))
    await deliver_all(queued, vault, phone)
    first, second = outbox(queued)
    assert phone.got == []
    assert (first.state, first.attempts, second.state, second.attempts) == ("queued", 1, "queued", 0)
    assert first.due_at > dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=25)


async def test_a_final_error_is_a_dead_letter_and_the_rest_goes_on(queued, vault):
    phone = Phone(DeliveryError("blocked", final=True))
    await deliver_all(queued, vault, phone)
    assert [m.state for m in outbox(queued)] == ["dead", "sent"]


def test_waits_double_up_to_a_limit():
    assert 1.0 <= wait_s(1) <= 2.0
    assert all(wait_s(attempt) <= LONGEST_WAIT_S for attempt in range(1, MAX_ATTEMPTS + 1))
