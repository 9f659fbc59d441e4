"""Claiming: a worker takes the oldest unanswered messages for itself, one in flight a contact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.channels.protocol import Command
from bot.conversations.claims import INBOX_CLAIM, UNCLAIMED, is_first, new_token
from bot.conversations.inbox import NOTICE
from bot.conversations.offered import meaning, rest_of_last
from bot.conversations.tables import Contact, Conversation, DialogueState, Direction, Message, State
from bot.conversations.turn import Question
from bot.knowledge.reply import Reply

MAX_TRIES = 5
"""Answers that may fail before the person gets an apology instead."""
TRY_AGAIN_AFTER = dt.timedelta(seconds=2)

_MESSAGES = Message.__table__
_WAITING = and_(Message.direction == Direction.IN.value, Message.state == State.RECEIVED.value, UNCLAIMED)
# statements of every message are built once: building one takes longer than running it
_ANY_WAITING = select(Message.id).where(_WAITING).limit(1)
_OLDEST_WAITING = (
    select(
        Message.id, Message.contact_id, Message.channel, Message.text, Message.payload, Message.attempts,
        Contact.language, DialogueState.state, Conversation.holder_id,
    )
    .join(Contact, Contact.id == Message.contact_id)
    .outerjoin(DialogueState, DialogueState.contact_id == Message.contact_id)
    .outerjoin(Conversation, Conversation.id == Message.conversation_id)
    .where(_WAITING, is_first(Direction.IN, State.RECEIVED))
    .order_by(Message.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Message)
)  # fmt: skip
_CLAIM = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id.in_(bindparam("ids", expanding=True)))
    .values(claim=bindparam("token"), claimed_until=bindparam("until"), attempts=_MESSAGES.c.attempts + 1)
)


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
    session.execute(_CLAIM, {"ids": [row.id for row in rows], "token": token, "until": now + INBOX_CLAIM})
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


def put_back(session: Session, claimed: Claimed, now: dt.datetime, after: dt.timedelta = TRY_AGAIN_AFTER) -> None:
    """Give up answering for now: the message is tried again in a few seconds, by anybody."""
    session.execute(
        update(Message)
        .where(Message.id == claimed.message_id, Message.claim == claimed.token)
        .values(claimed_until=now + after)
    )
