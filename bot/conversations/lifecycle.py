"""Conversations from their first message to their end: which one a message belongs to, and which queues it enters."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from bot.conversations.desk_tables import Queue, QueueEntry
from bot.conversations.tables import Contact, Conversation, ConversationState
from bot.conversations.turn import TALK_TO_PERSON, UNHELPFUL, Turn
from bot.knowledge.understood import EMERGENCY
from bot.registry.filing import FiledReport
from bot.storage.wakeup import Work, wake

IDLE = dt.timedelta(hours=24)
"""Silence after which the next message begins a new conversation, unless staff still have something to do in it."""
UNSURE_BELOW = 0.6
"""Confidence of an answered topic below which a person should look; didn't-understand is a queue of its own."""
NOT_UNDERSTOOD = ("utter_did_you_mean", "utter_not_understood")
AT_ONCE = 500


def of_incoming(session: Session, contact: Contact, now: dt.datetime) -> int:
    """The conversation that a message of `contact`, whose row is locked, belongs to; opens one where there is none."""
    current: int | None = contact.conversation_id
    if current is not None:
        if contact.last_inbound_at and contact.last_inbound_at > now - IDLE:
            return current
        conversation = session.get(Conversation, current)
        if conversation is not None:
            if conversation.holder_id is not None or is_waiting(session, current):
                return current
            close(session, contact, conversation, now)
    conversation = Conversation(
        contact_id=contact.id,
        channel=contact.channel,
        language=contact.language,
        state=ConversationState.OPEN.value,
        opened_at=now,
        last_at=now,
        version=1,
    )
    session.add(conversation)
    session.flush()
    contact.conversation_id = conversation.id
    return int(conversation.id)


def is_waiting(session: Session, conversation_id: int) -> bool:
    """Whether the conversation is in a queue."""
    query = select(QueueEntry.id).where(QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None))
    return session.execute(query.limit(1)).first() is not None


def close(session: Session, contact: Contact, conversation: Conversation, now: dt.datetime) -> None:
    """Close the conversation, whose contact's row is locked; it leaves its queues and whoever held it."""
    conversation.state, conversation.closed_at = ConversationState.CLOSED.value, now
    conversation.holder_id = conversation.held_until = None
    leave(session, conversation.id, now)
    if contact.conversation_id == conversation.id:
        contact.conversation_id = None


def reopen(session: Session, contact: Contact, conversation: Conversation) -> bool:
    """Open the conversation again; False when its contact has begun another one, which is the place to go on."""
    if contact.conversation_id not in (None, conversation.id):
        return False
    conversation.state, conversation.closed_at = ConversationState.OPEN.value, None
    contact.conversation_id = conversation.id
    return True


def enter(session: Session, conversation_id: int, queue: Queue, now: dt.datetime, again: bool = False) -> None:
    """Put the conversation into `queue`, once; staff who look at the console see it at once.

    Args:
        again: an emergency that staff have seen already becomes a new one.
    """
    waiting = (
        QueueEntry.conversation_id == conversation_id, QueueEntry.queue == queue.value, QueueEntry.left_at.is_(None),
    )  # fmt: skip
    known = session.execute(select(QueueEntry).where(*waiting)).scalar()
    if known is None:
        session.add(QueueEntry(conversation_id=conversation_id, queue=queue.value, since=now))
    elif again and known.seen_at is not None:
        known.left_at = now
        session.flush()
        session.add(QueueEntry(conversation_id=conversation_id, queue=queue.value, since=now))
    wake(session, Work.OUTBOX)


def leave(session: Session, conversation_id: int, now: dt.datetime, queues: tuple[Queue, ...] = tuple(Queue)) -> None:
    """Take the conversation out of `queues`."""
    session.execute(
        update(QueueEntry)
        .where(
            QueueEntry.conversation_id == conversation_id,
            QueueEntry.left_at.is_(None),
            QueueEntry.queue.in_([queue.value for queue in queues]),
        )
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )


def queues_of(turn: Turn, is_payload: bool) -> set[Queue]:
    """The queues that a turn puts its conversation into."""
    said = {reply.content_id for reply in turn.replies}
    reasons = {
        Queue.EMERGENCY: turn.intent == EMERGENCY,
        Queue.WANTS_PERSON: turn.intent == TALK_TO_PERSON,
        # an anonymous report is tied to nobody, so it does not lead to this conversation either
        Queue.REPORT: any(isinstance(filed, FiledReport) and not filed.anonymous for filed in turn.filed),
        Queue.UNANSWERED: not said.isdisjoint(NOT_UNDERSTOOD),
        Queue.UNSURE: turn.intent in said and turn.confidence < UNSURE_BELOW and not is_payload,
        Queue.UNHELPFUL: turn.intent == UNHELPFUL,
    }
    return {queue for queue, holds in reasons.items() if holds}


def after_turn(
    session: Session,
    contact: Contact,
    conversation: Conversation,
    turn: Turn,
    is_payload: bool,
    asked_at: dt.datetime,
    now: dt.datetime,
) -> None:
    """Note in the conversation what a turn was about; whatever needs a person opens it again."""
    conversation.last_at, conversation.language = now, turn.language or conversation.language
    if any(reply.content_id == turn.intent for reply in turn.replies):
        conversation.topic = turn.intent[:64]
    queues = queues_of(turn, is_payload)
    if not queues:
        return
    place = conversation.id
    if conversation.state == ConversationState.CLOSED.value and not reopen(session, contact, conversation):
        place = contact.conversation_id
    for queue in queues:
        if queue is Queue.EMERGENCY:
            if not _was_raised(session, place, asked_at):
                enter(session, place, queue, now, again=True)
        else:
            enter(session, place, queue, now)


def _was_raised(session: Session, conversation_id: int, asked_at: dt.datetime) -> bool:
    """Whether the intake has raised the emergency of the message of `asked_at` already, by its words."""
    query = select(QueueEntry.id).where(
        QueueEntry.conversation_id == conversation_id,
        QueueEntry.queue == Queue.EMERGENCY.value,
        QueueEntry.since >= asked_at,
    )
    return session.execute(query.limit(1)).first() is not None


def close_idle(session: Session, now: dt.datetime) -> int:
    """Close conversations in which nothing was said for `IDLE` and nothing is to do; returns how many."""
    idle = (
        Conversation.state == ConversationState.OPEN.value,
        Conversation.last_at < now - IDLE,
        Conversation.holder_id.is_(None),
        ~exists().where(QueueEntry.conversation_id == Conversation.id, QueueEntry.left_at.is_(None)),
    )
    found = select(Conversation.id, Conversation.contact_id).where(*idle).order_by(Conversation.last_at).limit(AT_ONCE)
    closed = 0
    for conversation_id, contact_id in sorted(session.execute(found).all(), key=lambda row: str(row.contact_id)):
        contact = session.execute(select(Contact).where(Contact.id == contact_id).with_for_update()).scalar()
        conversation = session.get(Conversation, conversation_id, populate_existing=True)
        if contact is not None and conversation is not None and conversation.last_at < now - IDLE:
            close(session, contact, conversation, now)
            closed += 1
    return closed
