"""The sender: hands queued replies to channels that push, with retries; the web chat fetches its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import select

from bot.conversations.tables import Contact, Direction, Message, State
from bot.conversations.worker import now
from bot.knowledge.reply import Choice, Reply
from bot.safety.encryption import AddressVault
from bot.storage.database import Database

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 600.0
IDLE_S = 0.2


class DeliveryError(Exception):
    """A provider did not take a message. `retry_after_s` is what it asked us to wait; `final` means never."""

    def __init__(self, reason: str, retry_after_s: float | None = None, final: bool = False) -> None:
        super().__init__(reason)
        self.retry_after_s, self.final = retry_after_s, final


class PushChannel(Protocol):
    """A channel that delivers replies to the provider."""

    async def send(self, address: str, reply: Reply) -> None:
        """Deliver, or raise DeliveryError."""
        ...


def wait_s(attempts: int) -> float:
    """Seconds until the next try after `attempts` failures: doubling, with jitter so that retries spread."""
    return random.uniform(0.5, 1.0) * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (attempts - 1))


async def deliver_next(database: Database, vault: AddressVault, channels: Mapping[str, PushChannel]) -> bool:
    """Deliver the oldest reply that is due on one of `channels`, in order for each contact; False when none is."""
    with database.transaction() as session:
        earlier = (
            select(Message.contact_id)
            .where(Message.state == State.QUEUED.value, Message.due_at > now())
            .scalar_subquery()
        )
        query = (
            select(Message, Contact)
            .join(Contact)
            .where(
                Message.direction == Direction.OUT.value,
                Message.state == State.QUEUED.value,
                Message.channel.in_(list(channels)),
                Message.contact_id.not_in(earlier),
            )
            .order_by(Message.id)
            .limit(1)
        )
        row = session.execute(query).first()
    if row is None:
        return False
    message, contact = row
    reply = Reply(message.text, tuple(Choice(*choice) for choice in message.choices), message.content_id)
    outcome = await _send(channels[message.channel], vault.decrypt(contact.address_encrypted), reply)
    with database.transaction() as session:
        _record(session.get(Message, message.id), outcome, now())
    return True


async def _send(channel: PushChannel, address: str, reply: Reply) -> DeliveryError | None:
    try:
        await channel.send(address, reply)
    except DeliveryError as error:
        return error
    return None


def _record(message: Message, error: DeliveryError | None, at: dt.datetime) -> None:
    message.attempts += 1
    if error is None:
        message.state = State.SENT.value
    elif error.final or message.attempts >= MAX_ATTEMPTS:
        message.state, message.error = State.DEAD.value, str(error)[:200]
        logger.error("message %s cannot be delivered: %s", message.id, error)
    else:
        message.error = str(error)[:200]
        message.due_at = at + dt.timedelta(seconds=error.retry_after_s or wait_s(message.attempts))


async def send(
    database: Database, vault: AddressVault, channels: Mapping[str, PushChannel], stop: asyncio.Event
) -> None:
    """Deliver until `stop` is set."""
    while not stop.is_set():
        try:
            busy = bool(channels) and await deliver_next(database, vault, channels)
        except Exception as error:  # a database gone must not end the sender
            logger.error("delivery failed: %s", type(error).__name__)
            busy = False
            await asyncio.sleep(1)
        if not busy:
            await asyncio.sleep(IDLE_S)
