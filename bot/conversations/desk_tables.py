"""What staff need beside the messages: queues, notes, tags, and suggestions for the training questions."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Column, ForeignKey, Index, String, Text, text

from bot.conversations.tables import ROW_ID
from bot.storage.database import Base, UtcDateTime


class Queue(str, Enum):
    """Why a person should look at a conversation, the most urgent first."""

    EMERGENCY = "emergency"
    WANTS_PERSON = "wants_person"
    REPORT = "report"
    UNANSWERED = "unanswered"
    UNSURE = "unsure"
    UNHELPFUL = "unhelpful"


IS_WAITING = text("left_at IS NULL")


class QueueEntry(Base):
    """A conversation in a queue since `since`; `seen_at` is when staff took note, `left_at` when it was dealt with."""

    __tablename__ = "queue_entries"
    __table_args__ = (
        Index("ix_queue_entries_waiting", "queue", "since", "id", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index(
            "uq_queue_entries_once",
            "conversation_id",
            "queue",
            unique=True,
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
        Index("ix_queue_entries_conversation", "conversation_id"),
        Index("ix_queue_entries_since", "queue", "since"),
    )
    id = Column(ROW_ID, primary_key=True)
    conversation_id = Column(ROW_ID, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    queue = Column(String(16), nullable=False)
    since = Column(UtcDateTime, nullable=False)
    seen_at = Column(UtcDateTime)
    seen_by = Column(ROW_ID)
    left_at = Column(UtcDateTime)


class Note(Base):
    """What staff tell each other about a conversation; the person never sees it."""

    __tablename__ = "conversation_notes"
    id = Column(ROW_ID, primary_key=True)
    conversation_id = Column(ROW_ID, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True)
    staff_id = Column(ROW_ID, nullable=False)
    text = Column(Text, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class Tag(Base):
    """A word by which staff find conversations again."""

    __tablename__ = "conversation_tags"
    __table_args__ = (Index("ix_conversation_tags_tag", "tag", "conversation_id"),)
    conversation_id = Column(ROW_ID, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    tag = Column(String(32), primary_key=True)


class Suggestion(Base):
    """ "This should have been TOPIC": a redacted text for the training questions, which an editor accepts or not."""

    __tablename__ = "suggestions"
    __table_args__ = (Index("ix_suggestions_state", "state", "id"),)
    id = Column(ROW_ID, primary_key=True)
    message_id = Column(ROW_ID, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True)
    text = Column(Text, nullable=False)
    language = Column(String(8), nullable=False)
    topic = Column(String(64), nullable=False)
    by = Column(ROW_ID, nullable=False)
    at = Column(UtcDateTime, nullable=False)
    state = Column(String(16), nullable=False, default="open")
