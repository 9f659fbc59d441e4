"""A conversation as staff read it."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations import queues, records
from bot.conversations.desk_tables import Note, QueueEntry
from bot.conversations.tables import Contact, Conversation, Message

PAGE = 100
PREVIOUS = 20


@dataclass(frozen=True)
class Thread:
    """A conversation with all that belongs to it; `before` is set when there are older messages than these."""

    conversation: Conversation
    contact: Contact
    messages: tuple[Message, ...]
    before: int | None
    entries: tuple[QueueEntry, ...]
    notes: tuple[Note, ...]
    tags: tuple[str, ...]
    previous: tuple[Conversation, ...]
    suggested: dict[int, str]


def read(session: Session, conversation_id: int, before: int | None = None) -> Thread | None:
    """The conversation with its newest messages (those before `before`), oldest first; None when there is none."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return None
    query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.id.desc())
    if before is not None:
        query = query.where(Message.id < before)
    found = list(session.execute(query.limit(PAGE + 1)).scalars())
    messages = tuple(reversed(found[:PAGE]))
    others = (
        select(Conversation)
        .where(Conversation.contact_id == conversation.contact_id, Conversation.id != conversation_id)
        .order_by(Conversation.id.desc())
        .limit(PREVIOUS)
    )
    return Thread(
        conversation,
        session.get(Contact, conversation.contact_id),
        messages,
        messages[0].id if len(found) > PAGE else None,
        tuple(queues.of_conversation(session, conversation_id)),
        tuple(records.notes(session, conversation_id)),
        tuple(records.tags(session, conversation_id)),
        tuple(session.execute(others).scalars()),
        records.suggestions_for(session, [message.id for message in messages]),
    )


def stamp(session: Session, conversation_id: int) -> str:
    """Changes whenever the thread looks different: something was written, sent, delivered, or done by staff."""
    here = Message.conversation_id == conversation_id
    newest = session.execute(select(func.max(Message.id)).where(here)).scalar()
    last = select(Message.id, Message.state, Message.delivery).where(here).order_by(Message.id.desc()).limit(PAGE)
    states = crc32(repr(session.execute(last).all()).encode())
    version = session.execute(select(Conversation.version).where(Conversation.id == conversation_id)).scalar()
    return f"{newest}.{version}.{states}"
