"""What staff write about a conversation: who looks after it, notes, tags, and what a message should have been."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.conversations.desk_tables import Note, Suggestion, Tag
from bot.conversations.handoff import Refusal, Refused, locked
from bot.conversations.tables import Direction, Message
from bot.safety.redaction import redact
from bot.storage.database import InsertOnce

MAX_NOTE = 2000
PRESSED_TWICE = dt.timedelta(minutes=1)
MAX_TAGS = 12
MAX_TAG = 32
OPEN = "open"


def assign(session: Session, conversation_id: int, staff_id: int | None, version: int) -> None:
    """Make `staff_id` the one who looks after the conversation; None: nobody."""
    _, conversation = locked(session, conversation_id, version)
    conversation.assigned_id = staff_id
    conversation.version += 1


def note(session: Session, conversation_id: int, staff_id: int, text: str, now: dt.datetime) -> None:
    """Add a note for colleagues; the same one again at once is the button pressed twice."""
    locked(session, conversation_id)
    text = text.strip()[:MAX_NOTE]
    if not text:
        raise Refused(Refusal.EMPTY)
    newest = select(Note).where(Note.conversation_id == conversation_id).order_by(Note.id.desc()).limit(1)
    last = session.execute(newest).scalar()
    if last and (last.staff_id, last.text) == (staff_id, text) and now - last.created_at < PRESSED_TWICE:
        return
    session.add(Note(conversation_id=conversation_id, staff_id=staff_id, text=text, created_at=now))


def notes(session: Session, conversation_id: int) -> list[Note]:
    """The notes, oldest first."""
    return list(
        session.execute(select(Note).where(Note.conversation_id == conversation_id).order_by(Note.id)).scalars()
    )


def as_tag(text: str) -> str:
    """A tag as it is stored: "Unpaid  Wages!" is "unpaid-wages"; empty when nothing is left."""
    return "-".join(re.findall(r"\w+", text.lower()))[:MAX_TAG].strip("-")


def tag(session: Session, conversation_id: int, text: str) -> None:
    """Add a tag; one more than `MAX_TAGS` is not taken, and nothing that names the person: tags are not masked."""
    locked(session, conversation_id)
    word = as_tag(redact(text))
    if not word:
        raise Refused(Refusal.EMPTY)
    if len(tags(session, conversation_id)) < MAX_TAGS:
        values = {"conversation_id": conversation_id, "tag": word}
        session.execute(InsertOnce(Tag), values)


def untag(session: Session, conversation_id: int, word: str) -> None:
    """Take a tag away."""
    session.execute(delete(Tag).where(Tag.conversation_id == conversation_id, Tag.tag == word))


def tags(session: Session, conversation_id: int) -> list[str]:
    """The tags, by alphabet."""
    return list(
        session.execute(select(Tag.tag).where(Tag.conversation_id == conversation_id).order_by(Tag.tag)).scalars()
    )


def known_tags(session: Session, limit: int = 50) -> list[str]:
    """Tags that are in use, but for old ones that name a person."""
    found = session.execute(select(Tag.tag).distinct().order_by(Tag.tag).limit(limit)).scalars()
    return [word for word in found if redact(word) == word]


def suggest(
    session: Session, conversation_id: int, message_id: int, topic: str, language: str, staff_id: int, now: dt.datetime
) -> None:
    """Note that the person's message should have been `topic`, for an editor to decide; its text is kept redacted."""
    message = session.get(Message, message_id)
    if message is None or message.conversation_id != conversation_id or message.direction != Direction.IN.value:
        raise Refused(Refusal.GONE)
    known = session.execute(
        select(Suggestion).where(Suggestion.message_id == message_id, Suggestion.state == OPEN)
    ).scalar()
    values = {"text": redact(message.text, language), "language": language, "topic": topic, "by": staff_id, "at": now}
    if known is None:
        session.add(Suggestion(message_id=message_id, state=OPEN, **values))
    else:
        for name, value in values.items():
            setattr(known, name, value)


def suggestions_for(session: Session, message_ids: list[int]) -> dict[int, str]:
    """The topics that open or accepted suggestions name, by message."""
    query = select(Suggestion.message_id, Suggestion.topic).where(Suggestion.message_id.in_(message_ids))
    return {message_id: topic for message_id, topic in session.execute(query.order_by(Suggestion.id))}
