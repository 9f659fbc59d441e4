"""The inbox: storing what comes in once, and handing it to workers in order, one in flight a contact."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from bot.conversations.tables import Contact, DialogueState, Direction, Message, State
from bot.conversations.turn import Question, Turn
from bot.knowledge.reply import Choice
from bot.registry import filing
from bot.safety.encryption import AddressVault

CLAIM_FOR = dt.timedelta(seconds=60)
"""A claim older than this belongs to a dead worker; answering takes milliseconds."""
HOME_DIGIT = "0"


@dataclass(frozen=True)
class ChoiceRef:
    """A picked choice: the outbound message that offered it and its place there, from 0."""

    message_id: int
    index: int


@dataclass(frozen=True)
class InboundMessage:
    """A message as a channel hands it in. `provider_id` is unique per channel and message: repeats are dropped."""

    channel: str
    address: str
    provider_id: str
    text: str
    choice: ChoiceRef | None = None


@dataclass(frozen=True)
class Claimed:
    """A message that this worker alone may answer until the claim runs out."""

    message_id: int
    token: str
    question: Question


class ClaimLost(Exception):
    """Another worker took the message over; this answer must not be stored."""


def receive(session: Session, vault: AddressVault, message: InboundMessage, now: dt.datetime) -> bool:
    """Store `message`; False when it is a repeat and was stored before."""
    contact_id = find_or_create_contact(session, vault, message.channel, message.address, now)
    picked = _offered_choice(session, contact_id, message.choice) if message.choice else None
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "direction": Direction.IN.value,
        "state": State.RECEIVED.value,
        "channel": message.channel,
        "provider_id": message.provider_id,
        "text": picked.title if picked else message.text,
        "payload": picked.payload if picked else None,
        "choices": [],
        "content_id": "",
        "attempts": 0,
        "created_at": now,
    }
    inserted = session.execute(_insert(session, Message).values(values).on_conflict_do_nothing())
    return bool(inserted.rowcount)


def find_or_create_contact(session: Session, vault: AddressVault, channel: str, address: str, now: dt.datetime) -> str:
    """The id of the contact at `address`, made at first sight."""
    hashed = vault.lookup_hash(channel, address)
    known = select(Contact.id).where(Contact.channel == channel, Contact.address_hash == hashed)
    found = session.execute(known).scalar()
    if found is None:
        values = {
            "id": secrets.token_hex(16),
            "channel": channel,
            "address_hash": hashed,
            "address_encrypted": vault.encrypt(address),
            "created_at": now,
        }
        session.execute(_insert(session, Contact).values(values).on_conflict_do_nothing())
        found = session.execute(known).scalar_one()
    return str(found)


def claim(session: Session, now: dt.datetime) -> Claimed | None:
    """Take the oldest unanswered message whose contact has none before it; None when there is nothing to do."""
    earlier = aliased(Message)
    waiting = and_(Message.direction == Direction.IN.value, Message.state == State.RECEIVED.value)
    blocked = exists().where(
        earlier.contact_id == Message.contact_id,
        earlier.direction == Direction.IN.value,
        earlier.state == State.RECEIVED.value,
        earlier.id < Message.id,
    )
    free = or_(Message.claim.is_(None), Message.claimed_until < now)
    query = select(Message).where(waiting, free, ~blocked).order_by(Message.id).limit(1)
    message = session.execute(query.with_for_update(skip_locked=True)).scalar()
    if message is None:
        return None
    message.claim, message.claimed_until = secrets.token_hex(16), now + CLAIM_FOR
    message.attempts += 1
    text, is_payload = _meaning(session, message)
    state = session.get(DialogueState, message.contact_id)
    question = Question(message.contact_id, message.channel, text, is_payload, state.state if state else None)
    return Claimed(message.id, message.claim, question)


def close(session: Session, claimed: Claimed, turn: Turn, now: dt.datetime) -> None:
    """Store the answer, the dialogue state and the end of the claim, all or nothing.

    Raises:
        ClaimLost: another worker has the message now; the transaction must be rolled back.
    """
    done = session.execute(
        update(Message)
        .where(Message.id == claimed.message_id, Message.claim == claimed.token, Message.state == State.RECEIVED.value)
        .values(
            state=State.ANSWERED.value,
            claim=None,
            claimed_until=None,
            intent=turn.intent[:64],
            confidence=turn.confidence,
        )
    )
    if done.rowcount != 1:
        raise ClaimLost(f"message {claimed.message_id}")
    question = claimed.question
    if turn.erase:
        forget(session, question.contact_id)
    else:
        session.merge(DialogueState(contact_id=question.contact_id, state=turn.state, updated_at=now))
    for filed in turn.filed:
        filed.store(session, question.contact_id, now)
    session.execute(update(Contact).where(Contact.id == question.contact_id).values(language=turn.language))
    for reply in turn.replies:
        session.add(
            Message(
                contact_id=question.contact_id,
                direction=Direction.OUT.value,
                state=State.QUEUED.value,
                channel=question.channel,
                text=reply.text,
                choices=[[choice.title, choice.payload] for choice in reply.choices],
                content_id=reply.content_id,
                reply_to=None if turn.erase else claimed.message_id,
                created_at=now,
                due_at=now,
            )
        )


def forget(session: Session, contact_id: str) -> None:
    """Delete everything the contact wrote and was told, and what the engine remembers."""
    session.execute(update(Message).where(Message.contact_id == contact_id).values(reply_to=None))
    session.execute(delete(Message).where(Message.contact_id == contact_id))
    session.execute(delete(DialogueState).where(DialogueState.contact_id == contact_id))
    filing.forget(session, contact_id)


def _meaning(session: Session, message: Message) -> tuple[str, bool]:
    """What the engine shall read: a picked choice's payload, a digit's choice, or the text itself."""
    if message.payload:
        return message.payload, True
    digit = message.text.strip().strip(".)#*( ")
    if digit == HOME_DIGIT:
        return "/menu", True
    if digit.isdecimal() and len(digit) <= 2:
        choices = _last_choices(session, message.contact_id)
        if 1 <= int(digit) <= len(choices):
            return choices[int(digit) - 1].payload, True
    return message.text, False


def _last_choices(session: Session, contact_id: str) -> list[Choice]:
    """The choices of the newest reply that has some; numbers speak of what the person saw last."""
    rows = session.execute(
        select(Message.choices)
        .where(Message.contact_id == contact_id, Message.direction == Direction.OUT.value)
        .order_by(Message.id.desc())
        .limit(4)
    ).scalars()
    return next(([Choice(*choice) for choice in row] for row in rows if row), [])


def _offered_choice(session: Session, contact_id: str, ref: ChoiceRef) -> Choice | None:
    """The choice behind `ref`, if it was offered to this very contact."""
    query = select(Message.choices).where(
        Message.id == ref.message_id, Message.contact_id == contact_id, Message.direction == Direction.OUT.value
    )
    choices = session.execute(query).scalar() or []
    return Choice(*choices[ref.index]) if 0 <= ref.index < len(choices) else None


def _insert(session: Session, table: type) -> sqlite.Insert | postgresql.Insert:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
