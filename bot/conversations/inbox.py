"""The inbox: storing what comes in once, and handing it to workers in order, one in flight a contact."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session, aliased

from bot.channels.protocol import ChoiceRef, Command, InboundMessage
from bot.conversations import lifecycle
from bot.conversations.claims import INBOX_CLAIM, new_token
from bot.conversations.contacts import heard_from, locked_contact, opt_out
from bot.conversations.desk_tables import Queue
from bot.conversations.erasure import forget
from bot.conversations.housekeeping_tables import By
from bot.conversations.offered import meaning, offered_choice, rest_of_last
from bot.conversations.outbox import queue
from bot.conversations.tables import Contact, Conversation, DialogueState, Direction, Message, State
from bot.conversations.turn import Question, Turn, silence
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.understood import EMERGENCY
from bot.safety.encryption import AddressVault
from bot.storage.database import InsertOnce
from bot.storage.wakeup import Work, wake

__all__ = ["ChoiceRef", "ClaimLost", "Claimed", "InboundMessage", "Intake", "claim", "close", "receive"]

CLAIM_FOR = INBOX_CLAIM
NOTICE = "notice:"
"""Begins the payload of a message that is answered without the engine: see `bot.conversations.notices`."""
MAX_TRIES = 5
"""Answers that may fail before the person gets an apology instead."""
TRY_AGAIN_AFTER = dt.timedelta(seconds=2)
RATE_WINDOW = dt.timedelta(minutes=1)

_MESSAGES, _STATES = Message.__table__, DialogueState.__table__
_EARLIER = aliased(Message)
_WAITING = and_(
    Message.direction == Direction.IN.value,
    Message.state == State.RECEIVED.value,
    or_(Message.claim.is_(None), Message.claimed_until <= bindparam("now")),
)
_BLOCKED = exists().where(
    _EARLIER.contact_id == Message.contact_id,
    _EARLIER.direction == Direction.IN.value,
    _EARLIER.state == State.RECEIVED.value,
    _EARLIER.id < Message.id,
)
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
_ANY_WAITING = select(Message.id).where(_WAITING).limit(1)
_OLDEST_WAITING = (
    select(
        Message.id, Message.contact_id, Message.channel, Message.text, Message.payload, Message.attempts,
        Contact.language, DialogueState.state, Conversation.holder_id,
    )
    .join(Contact, Contact.id == Message.contact_id)
    .outerjoin(DialogueState, DialogueState.contact_id == Message.contact_id)
    .outerjoin(Conversation, Conversation.id == Message.conversation_id)
    .where(_WAITING, ~_BLOCKED)
    .order_by(Message.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Message)
)  # fmt: skip
_CLAIM = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id.in_(bindparam("ids", expanding=True)))
    .values(claim=bindparam("token"), claimed_until=bindparam("until"), attempts=_MESSAGES.c.attempts + 1)
)
_LOCKED_CONTACT = select(Contact).where(Contact.id == bindparam("contact")).with_for_update()
_FREE_CONTACTS = select(Contact).where(Contact.id.in_(bindparam("ids", expanding=True)))
_FREE_CONTACTS = _FREE_CONTACTS.with_for_update(skip_locked=True)
_PLACE = (
    select(Conversation, Message.created_at)
    .join(Message, Message.conversation_id == Conversation.id)
    .where(Message.id == bindparam("message"))
)
_ANSWERED = (
    update(_MESSAGES)
    .where(
        _MESSAGES.c.id == bindparam("message"),
        _MESSAGES.c.claim == bindparam("token"),
        _MESSAGES.c.state == State.RECEIVED.value,
    )
    .values(
        state=State.ANSWERED.value,
        claim=None,
        claimed_until=None,
        intent=bindparam("meant"),
        confidence=bindparam("sure"),
        alternatives=bindparam("likeliest"),
    )
)
_REMEMBER = (
    update(_STATES)
    .where(_STATES.c.contact_id == bindparam("contact"))
    .values(state=bindparam("kept"), updated_at=bindparam("at"))
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
class Claimed:
    """A message that this worker alone may answer until the claim runs out.

    `notice` names an answer that needs no engine; `rest` is what MORE brings; `language` is the person's, if known.
    `held`: a member of staff answers in this conversation.
    """

    message_id: int
    token: str
    question: Question
    notice: str | None = None
    rest: Reply | None = None
    language: str | None = None
    held: bool = False


class HandedBack(Exception):
    """The message was left to a person who has just handed the conversation back: it must be answered after all."""


class ClaimLost(Exception):
    """Another worker took the message over; this answer must not be stored."""


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


def is_waiting(session: Session, now: dt.datetime) -> bool:
    """Whether a message may be waiting for an answer: a look that locks nothing."""
    return session.execute(_ANY_WAITING, {"now": now}).first() is not None


def claim(session: Session, now: dt.datetime) -> Claimed | None:
    """Take the oldest unanswered message whose contact has none before it; None when there is nothing to do."""
    return next(iter(claim_some(session, now, 1)), None)


def claim_some(session: Session, now: dt.datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` unanswered messages, the oldest first, of each contact only one that has none before it."""
    rows = session.execute(_OLDEST_WAITING, {"now": now, "most": limit}).all()
    if not rows:
        return []
    token = new_token()
    session.execute(_CLAIM, {"ids": [row.id for row in rows], "token": token, "until": now + CLAIM_FOR})
    return [_claimed(session, row, token) for row in rows]


def _claimed(session: Session, row: Row, token: str) -> Claimed:
    text, is_payload = meaning(session, row.contact_id, row.text, row.payload)
    notice = text.removeprefix(NOTICE) if is_payload and text.startswith(NOTICE) else None
    rest = rest_of_last(session, row.contact_id) if notice == Command.MORE.value else None
    if notice == Command.MORE.value and rest is None:
        text, is_payload, notice = row.text, False, None  # there is no more: it is a word like any other
    if row.attempts + 1 > MAX_TRIES:
        notice = "error"
    question = Question(row.contact_id, row.channel, text, is_payload, row.state)
    return Claimed(row.id, token, question, notice, rest, row.language, row.holder_id is not None)


def _is_held(conversation: Conversation | None) -> bool:
    return conversation is not None and conversation.holder_id is not None


def put_back(session: Session, claimed: Claimed, now: dt.datetime, after: dt.timedelta = TRY_AGAIN_AFTER) -> None:
    """Give up answering for now: the message is tried again in a few seconds, by anybody."""
    session.execute(
        update(Message)
        .where(Message.id == claimed.message_id, Message.claim == claimed.token)
        .values(claimed_until=now + after)
    )


def close(session: Session, claimed: Claimed, turn: Turn, now: dt.datetime) -> None:
    """Store the answer, the dialogue state and the end of the claim, all or nothing.

    What was answered while staff took the conversation over is not sent, unless it is help in danger.

    Raises:
        ClaimLost: another worker has the message now; the transaction must be rolled back.
        HandedBack: it was left to staff, who hold the conversation no more; roll back and answer it.
    """
    # first of all, as everybody who changes a contact's messages does: no two can wait for each other
    contact = session.execute(_LOCKED_CONTACT, {"contact": claimed.question.contact_id}).scalar_one()
    _close(session, contact, claimed, turn, now)


def close_some(
    session: Session, answers: Sequence[tuple[Claimed, Turn]], now: dt.datetime
) -> list[tuple[Claimed, Turn]]:
    """Close several messages, each of another contact, as `close` does one; returns those that it leaves.

    They are those whose contact somebody else has locked just now: nobody waits here for a lock while holding another.
    """
    if not answers:
        return []
    ids = [claimed.question.contact_id for claimed, _ in answers]
    contacts = {contact.id: contact for contact in session.execute(_FREE_CONTACTS, {"ids": ids}).scalars()}
    left = []
    for claimed, turn in answers:
        if contact := contacts.get(claimed.question.contact_id):
            _close(session, contact, claimed, turn, now)
        else:
            left.append((claimed, turn))
    return left


def _close(session: Session, contact: Contact, claimed: Claimed, turn: Turn, now: dt.datetime) -> None:
    question = claimed.question
    found = session.execute(_PLACE, {"message": claimed.message_id}).first()
    conversation, asked_at = found or (None, now)
    if _is_held(conversation):
        turn = turn if turn.is_silent or claimed.notice or _breaks_silence(turn) else silence(turn.language)
    elif turn.is_silent:
        raise HandedBack(f"message {claimed.message_id}")
    answered = {
        "message": claimed.message_id,
        "token": claimed.token,
        "meant": turn.intent[:64],
        "sure": turn.confidence,
        "likeliest": [list(one) for one in turn.alternatives] or None,
    }
    if session.execute(_ANSWERED, answered).rowcount != 1:
        raise ClaimLost(f"message {claimed.message_id}")
    place = conversation.id if conversation is not None else None
    if conversation is not None:
        lifecycle.after_turn(session, contact, conversation, turn, question.is_payload, asked_at, now)
    if turn.erase:
        forget(session, question.contact_id, By.PERSON, now)
        place = None
    elif turn.state is not None:
        _remember(session, question.contact_id, turn.state, now)
    for filed in turn.filed:
        filed.store(session, question.contact_id, now)
    contact.language = turn.language
    # after STOP nothing is sent, but a call for help is answered whatever was said before
    withheld = contact.opted_out_at is not None and turn.intent != EMERGENCY
    for reply in turn.replies:
        answers = None if turn.erase else claimed.message_id
        queue(session, contact, reply, now, answers, withheld, conversation_id=place)
    wake(session, Work.OUTBOX)
    wake(session, Work.INBOX)  # the contact's next message is free now


def _remember(session: Session, contact_id: str, state: str, now: dt.datetime) -> None:
    kept = {"contact": contact_id, "kept": state, "at": now}
    if not session.execute(_REMEMBER, kept).rowcount:  # the contact's row is locked: nobody else makes one meanwhile
        session.execute(insert(_STATES), {"contact_id": contact_id, "state": state, "updated_at": now})


def _breaks_silence(turn: Turn) -> bool:
    return turn.erase or turn.intent == EMERGENCY
