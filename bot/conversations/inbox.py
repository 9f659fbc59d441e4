"""The inbox: storing what comes in once. `bot.conversations.claiming` hands it to workers, `closing` ends it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.channels.protocol import Command, InboundMessage
from bot.conversations import lifecycle
from bot.conversations.contacts import heard_from, locked_contact, opt_out
from bot.conversations.desk_tables import Queue
from bot.conversations.offered import offered_choice
from bot.conversations.tables import Contact, Direction, Message, State
from bot.knowledge.reply import Choice
from bot.knowledge.understood import EMERGENCY
from bot.safety.encryption import AddressVault
from bot.storage.database import InsertOnce
from bot.storage.wakeup import Work, wake

NOTICE = "notice:"
"""Begins the payload of a message that is answered without the engine: see `bot.conversations.notices`."""
RATE_WINDOW = dt.timedelta(minutes=1)

# statements of every message are built once: building one takes longer than running it
_STORE = InsertOnce(Message)
_KNOWN = select(Message.id).where(
    Message.channel == bindparam("channel"),
    Message.provider_id == bindparam("id"),
    Message.direction == Direction.IN.value,
)
_NTH_NEWEST = (
    select(Message.created_at)
    .where(Message.contact_id == bindparam("contact"), Message.direction == Direction.IN.value)
    .order_by(Message.id.desc())
    .offset(bindparam("newer"))
    .limit(1)
)


class Intake(Enum):
    """What became of a message that came in; only `STORED` is true."""

    STORED = "stored"
    REPEAT = "repeat"
    LIMITED = "limited"

    def __bool__(self) -> bool:
        """Whether it was stored."""
        return self is Intake.STORED


@dataclass(frozen=True)
class RateLimit:
    """How many messages of one contact are read in a minute.

    One more is answered with a notice that says so, further ones are dropped; a call for help never is.
    """

    per_minute: int
    calls_for_help: Callable[[str], bool]


def receive(
    session: Session, vault: AddressVault, message: InboundMessage, now: dt.datetime, limit: RateLimit | None = None
) -> Intake:
    """Store `message` once, and wake the workers; STOP is obeyed here, before anything else."""
    contact = locked_contact(session, vault, message.channel, message.address, now)
    payload = _payload(session, contact, message)
    stop = message.command is Command.STOP
    if limit and not stop and _is_over(session, contact.id, limit, message, now):
        if _was_told(session, contact.id):
            return Intake.LIMITED
        payload = f"{NOTICE}slow_down"
    values: dict[str, Any] = {
        "contact_id": contact.id,
        "direction": Direction.IN.value,
        "state": State.ANSWERED.value if stop else State.RECEIVED.value,
        "channel": message.channel,
        "provider_id": message.provider_id,
        "text": payload.title if isinstance(payload, Choice) else message.text,
        "payload": payload.payload if isinstance(payload, Choice) else payload,
        "choices": [],
        "content_id": "",
        "attempts": 0,
        "intent": "stop" if stop else None,
        "created_at": now,
        "conversation_id": _conversation(session, contact, message, now),
    }
    if not session.execute(_STORE, values).rowcount:
        return Intake.REPEAT
    heard_from(session, contact, now)
    if values["payload"] == f"/{EMERGENCY}" or (limit and limit.calls_for_help(message.text)):
        # before it is answered: staff must see it even when the engine is down
        lifecycle.enter(session, values["conversation_id"], Queue.EMERGENCY, now, again=True)
    if stop:
        opt_out(session, contact, now)
    elif message.command is Command.START or (message.command is Command.RESUME and contact.opted_out_at):
        contact.opted_out_at = None
    wake(session, Work.INBOX)
    return Intake.STORED


def _conversation(session: Session, contact: Contact, message: InboundMessage, now: dt.datetime) -> int | None:
    """The conversation that `message` belongs to; a repeat opens none."""
    given = {"channel": message.channel, "id": message.provider_id}
    if contact.conversation_id is None and session.execute(_KNOWN, given).first():
        return None
    return lifecycle.of_incoming(session, contact, now)


def _payload(session: Session, contact: Contact, message: InboundMessage) -> Choice | str | None:
    """What `message` means, where it is not its words."""
    if message.choice:
        return offered_choice(session, contact.id, message.choice)
    if message.command is Command.START or (message.command is Command.RESUME and contact.opted_out_at):
        return "/greet"
    if message.command in (Command.HELP, Command.MORE):
        return f"{NOTICE}{message.command.value}"
    if message.action:
        return f"/{message.action}"
    if message.media:
        return f"{NOTICE}media_{message.media.value}"
    if message.location:
        # two decimals, about a kilometre, find the nearest centre; nobody needs to know the house
        place = {"latitude": f"{message.location.latitude:.2f}", "longitude": f"{message.location.longitude:.2f}"}
        return f"/find_mrc{json.dumps(place)}"
    return None


def _is_over(session: Session, contact_id: str, limit: RateLimit, message: InboundMessage, now: dt.datetime) -> bool:
    """Whether the contact has sent its share in the last minute, and `message` can wait."""
    at = session.execute(_NTH_NEWEST, {"contact": contact_id, "newer": limit.per_minute - 1}).scalar()
    return bool(at and at > now - RATE_WINDOW) and not limit.calls_for_help(message.text)


def _was_told(session: Session, contact_id: str) -> bool:
    """Whether the contact's newest message was answered with the notice to slow down."""
    query = (
        select(Message.payload)
        .where(Message.contact_id == contact_id, Message.direction == Direction.IN.value)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return bool(session.execute(query).scalar() == f"{NOTICE}slow_down")
