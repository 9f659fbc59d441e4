"""People whose phones get replies, for tests of the sender."""

import asyncio
import datetime as dt

from sqlalchemy import select

from bot.channels.protocol import DeliveryError, InboundMessage
from bot.conversations.claiming import claim
from bot.conversations.closing import close
from bot.conversations.inbox import receive
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
