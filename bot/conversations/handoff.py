"""Stepping in: a member of staff takes a conversation over, replies, and hands it back to the bot.

Everything here locks the contact's row first, as the inbox does: a message that arrives during the switch is either
answered by the bot before it or left to the person after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from enum import Enum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations import lifecycle, queues
from bot.conversations.contacts import window_closes
from bot.conversations.desk_tables import Queue
from bot.conversations.outbox import queue
from bot.conversations.tables import Contact, Conversation, Direction, Message
from bot.conversations.turn import WITH_PERSON
from bot.knowledge.reply import Reply
from bot.storage.wakeup import Work, wake

STAFF = "staff"
"""The content id of what staff write."""
ANSWERED_BY_REPLY = (Queue.WANTS_PERSON, Queue.UNANSWERED, Queue.UNSURE, Queue.UNHELPFUL)
"""An emergency or a report is dealt with when staff say so, not by the first word."""

Speak = Callable[[Contact], Reply]
"""What the person is told, in their language."""


class Refusal(str, Enum):
    """Why staff cannot do what they asked for; content/console/desk.yml says it."""

    GONE = "gone"
    CHANGED = "changed"
    NOT_HOLDER = "not_holder"
    MOVED_ON = "moved_on"
    OPTED_OUT = "opted_out"
    WINDOW_CLOSED = "window_closed"
    EMPTY = "empty"


class Refused(Exception):
    """It was not done, and nothing changed."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def locked(session: Session, conversation_id: int, version: int | None = None) -> tuple[Contact, Conversation]:
    """The conversation and its contact, both locked, if nobody of the staff did anything since `version`.

    Raises:
        Refused: somebody did, or the person's data are erased.
    """
    of = select(Conversation.contact_id).where(Conversation.id == conversation_id).scalar_subquery()
    contact = session.execute(select(Contact).where(Contact.id == of).with_for_update()).scalar()
    conversation = session.get(Conversation, conversation_id, populate_existing=True)
    if contact is None or conversation is None:
        raise Refused(Refusal.GONE)
    if version is not None and conversation.version != version:
        raise Refused(Refusal.CHANGED)
    return contact, conversation


def take_over(
    session: Session,
    conversation_id: int,
    staff_id: int,
    version: int,
    until: dt.datetime,
    say: Speak,
    now: dt.datetime,
    template: bool = False,
) -> None:
    """Make `staff_id` the one who answers, from the bot or from a colleague; the person is told that the bot is silent.

    Args:
        version: of the conversation that this member of staff saw.
        until: when the bot takes it back, if staff write nothing more.
        template: whether one is set for WhatsApp after its 24 hours.
    """
    contact, conversation = locked(session, conversation_id, version)
    if not lifecycle.reopen(session, contact, conversation):
        raise Refused(Refusal.MOVED_ON)
    by_bot = conversation.holder_id is None
    conversation.holder_id, conversation.held_until = staff_id, until
    conversation.assigned_id = staff_id
    conversation.version += 1
    queues.see(session, conversation.id, staff_id, now)
    if by_bot and cannot_write(contact, now, template) is None:
        _send(session, contact, conversation, [say(contact)], now)
    wake(session, Work.OUTBOX)


def reply(
    session: Session,
    conversation_id: int,
    staff_id: int,
    version: int,
    until: dt.datetime,
    write: Callable[[Contact], Sequence[Reply]],
    now: dt.datetime,
    template: bool = False,
) -> None:
    """Send what `staff_id`, who holds the conversation, has written.

    Args:
        write: the reply, cut into what the person's channel carries.
    """
    contact, conversation = locked(session, conversation_id, version)
    if conversation.holder_id != staff_id:
        raise Refused(Refusal.NOT_HOLDER)
    why = cannot_write(contact, now, template)
    if why is not None:
        raise Refused(why)
    replies = [one for one in write(contact) if one.text.strip()]
    if not replies:
        raise Refused(Refusal.EMPTY)
    _send(session, contact, conversation, replies, now, staff_id)
    conversation.held_until, conversation.last_at = until, now
    conversation.version += 1
    lifecycle.leave(session, conversation.id, now, ANSWERED_BY_REPLY)


def hand_back(
    session: Session,
    conversation_id: int,
    staff_id: int,
    version: int,
    say: Speak,
    now: dt.datetime,
    template: bool = False,
) -> None:
    """Let the bot answer again; the person is told."""
    contact, conversation = locked(session, conversation_id, version)
    if conversation.holder_id != staff_id:
        raise Refused(Refusal.NOT_HOLDER)
    _release(session, contact, conversation, say, now, template)


def hand_back_silent(
    session: Session, gone: Speak, nobody_answered: Speak, now: dt.datetime, template: bool = False, limit: int = 50
) -> int:
    """Hand back what staff have left alone for too long; returns how many.

    Whoever got no answer is told when there will be one, and waits in the queue for a person since they wrote.
    """
    due = select(Conversation.id, Conversation.contact_id).where(
        Conversation.holder_id.is_not(None), Conversation.held_until <= now
    )
    done = 0
    for conversation_id, _ in sorted(session.execute(due.limit(limit)).all(), key=lambda row: str(row.contact_id)):
        contact, conversation = locked(session, conversation_id)
        if conversation.holder_id is None or conversation.held_until > now:
            continue
        since = left_unanswered(session, conversation_id)
        _release(session, contact, conversation, nobody_answered if since else gone, now, template)
        if since:
            lifecycle.enter(session, conversation_id, Queue.WANTS_PERSON, since)
        done += 1
    return done


def let_go(session: Session, staff_id: int, now: dt.datetime) -> None:
    """End what `staff_id`, who may answer no longer, holds: each person waits in the queue for another one.

    The worker hands them back to the bot, and tells them, as what was left alone for too long.
    """
    held = select(Conversation.id, Conversation.contact_id).where(Conversation.holder_id == staff_id)
    for conversation_id, _ in sorted(session.execute(held).all(), key=lambda row: str(row.contact_id)):
        _, conversation = locked(session, conversation_id)
        if conversation.holder_id != staff_id:
            continue
        conversation.held_until = now
        conversation.version += 1
        lifecycle.enter(session, conversation_id, Queue.WANTS_PERSON, left_unanswered(session, conversation_id) or now)
    wake(session, Work.INBOX)


def close(session: Session, conversation_id: int, version: int, say: Speak, now: dt.datetime, template: bool) -> None:
    """Close the conversation; when staff held it, the person is told that the bot answers again."""
    contact, conversation = locked(session, conversation_id, version)
    if conversation.holder_id is not None:
        _release(session, contact, conversation, say, now, template)
    else:
        conversation.version += 1
    lifecycle.close(session, contact, conversation, now)


def reopen(session: Session, conversation_id: int, version: int) -> None:
    """Open it again, unless its person is in a newer one."""
    contact, conversation = locked(session, conversation_id, version)
    if not lifecycle.reopen(session, contact, conversation):
        raise Refused(Refusal.MOVED_ON)
    conversation.version += 1


def cannot_write(contact: Contact, now: dt.datetime, template: bool) -> Refusal | None:
    """Why nothing can be sent to the contact; None when it can.

    WhatsApp takes free text for 24 hours after the person's last message; afterwards only an approved template.
    """
    if contact.opted_out_at is not None:
        return Refusal.OPTED_OUT
    closes = window_closes(contact)
    if closes is not None and now >= closes and not template:
        return Refusal.WINDOW_CLOSED
    return None


def left_unanswered(session: Session, conversation_id: int) -> dt.datetime | None:
    """Since when a message that was left to staff has had no reply; None when all have."""
    here = Message.conversation_id == conversation_id
    answered = select(func.max(Message.id)).where(here, Message.staff_id.is_not(None)).scalar_subquery()
    query = select(func.min(Message.id)).where(
        here,
        Message.direction == Direction.IN.value,
        Message.intent == WITH_PERSON,
        Message.id > func.coalesce(answered, 0),
    )
    first = session.execute(query).scalar()
    found = session.get(Message, first) if first else None
    return found.created_at if found else None


def _release(
    session: Session, contact: Contact, conversation: Conversation, say: Speak, now: dt.datetime, template: bool
) -> None:
    conversation.holder_id = conversation.held_until = None
    conversation.version += 1
    if cannot_write(contact, now, template) is None:
        _send(session, contact, conversation, [say(contact)], now)
    wake(session, Work.INBOX)  # what was left to the person may be in hand
    wake(session, Work.OUTBOX)


def _send(
    session: Session,
    contact: Contact,
    conversation: Conversation,
    replies: Sequence[Reply],
    now: dt.datetime,
    staff_id: int | None = None,
) -> None:
    for one in replies:
        queue(session, contact, one, now, conversation_id=conversation.id, staff_id=staff_id)
        session.flush()  # in this order, whatever the unit of work prefers
