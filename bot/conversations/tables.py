"""Contacts, conversations, messages and dialogue states."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.database import Base, UtcDateTime

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""


class Direction(str, Enum):
    """Which way a message goes."""

    IN = "in"
    OUT = "out"


class State(str, Enum):
    """Where a message stands: inbound ones are received, then answered; outbound ones queued, then sent.

    `DEAD` ones could not be delivered: staff see them and may send them again. `WITHHELD` ones were not to be sent,
    because the person had said STOP.
    """

    RECEIVED = "received"
    ANSWERED = "answered"
    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"
    WITHHELD = "withheld"


class Contact(Base):
    """A person on one channel. The address is encrypted; Rasa sees `id` only.

    `opted_out_at`: when they said STOP. `unreachable_at`: when the provider said that nothing can reach them.
    `conversation_id` is the open conversation, if there is one; no foreign key, for the two would point at each other.
    """

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("channel", "address_hash", name="uq_contacts_address"),)
    id = Column(String(32), primary_key=True)
    channel = Column(String(16), nullable=False)
    address_hash = Column(String(64), nullable=False)
    address_encrypted = Column(LargeBinary, nullable=False)
    language = Column(String(8))
    created_at = Column(UtcDateTime, nullable=False)
    opted_out_at = Column(UtcDateTime)
    unreachable_at = Column(UtcDateTime)
    last_inbound_at = Column(UtcDateTime)
    conversation_id = Column(ROW_ID)


class ConversationState(str, Enum):
    """Whether something may still be to do in a conversation."""

    OPEN = "open"
    CLOSED = "closed"


IS_OPEN = text("state = 'open'")
IS_UNDERSTOOD = text("intent IS NOT NULL")
IS_HELD = text("holder_id IS NOT NULL")


class Conversation(Base):
    """Messages of one contact that belong together: until staff close it, or a day passes without one.

    While `holder_id` names a member of staff, that person answers and the bot is silent, until `held_until`.
    `version` counts what staff did: whoever acts names the version they saw. `topic` is what was answered last.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_contact", "contact_id", "id"),
        Index("ix_conversations_last", "last_at", "id"),
        Index("ix_conversations_opened", "opened_at"),
        Index("ix_conversations_state", "state", "last_at", "id"),
        Index("ix_conversations_assigned", "assigned_id", "last_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_conversations_held", "held_until", sqlite_where=IS_HELD, postgresql_where=IS_HELD),
    )
    id = Column(ROW_ID, primary_key=True)
    contact_id = Column(String(32), ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False)
    channel = Column(String(16), nullable=False)
    language = Column(String(8))
    state = Column(String(8), nullable=False)
    topic = Column(String(64))
    opened_at = Column(UtcDateTime, nullable=False)
    last_at = Column(UtcDateTime, nullable=False)
    closed_at = Column(UtcDateTime)
    holder_id = Column(ROW_ID)
    held_until = Column(UtcDateTime)
    assigned_id = Column(ROW_ID)
    version = Column(Integer, nullable=False, default=1)


class Message(Base):
    """One message in or out.

    `payload` is what a picked choice means; `choices` are those an outbound message offers, `rest` what MORE brings
    after it: [text, choices]. While a worker answers or a sender sends, `claim` holds its token until `claimed_until`.
    `delivery` is what the provider last reported; `cut_off` counts sends whose end nobody heard of, and that were
    made again. `alternatives` are the likeliest topics: [topic, confidence]. `staff_id` wrote it, if not the bot.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id", "direction", name="uq_messages_provider_id"),
        Index("ix_messages_contact", "contact_id", "id"),
        Index("ix_messages_work", "direction", "state", "id"),
        Index("ix_messages_conversation", "conversation_id", "id"),
        Index("ix_messages_created", "created_at"),
        Index("ix_messages_intent", "intent", "id", sqlite_where=IS_UNDERSTOOD, postgresql_where=IS_UNDERSTOOD),
    )
    id = Column(ROW_ID, primary_key=True)
    contact_id = Column(String(32), ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False)
    direction = Column(String(3), nullable=False)
    state = Column(String(16), nullable=False)
    channel = Column(String(16), nullable=False)
    provider_id = Column(String(128))
    text = Column(Text, nullable=False)
    payload = Column(Text)
    choices = Column(JSON, nullable=False, default=list)
    content_id = Column(String(64), nullable=False, default="")
    reply_to = Column(ROW_ID, ForeignKey("messages.id", ondelete="CASCADE"))
    intent = Column(String(64))
    confidence = Column(Float)
    created_at = Column(UtcDateTime, nullable=False)
    claim = Column(String(32))
    claimed_until = Column(UtcDateTime)
    attempts = Column(Integer, nullable=False, default=0)
    due_at = Column(UtcDateTime)
    error = Column(String(200))
    rest = Column(JSON)
    delivery = Column(String(16))
    cut_off = Column(Integer, nullable=False, default=0, server_default="0")
    conversation_id = Column(ROW_ID)
    alternatives = Column(JSON)
    staff_id = Column(ROW_ID)


class DialogueState(Base):
    """What the dialogue engine remembers of a contact: one bounded row."""

    __tablename__ = "dialogue_states"
    contact_id = Column(String(32), ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    state = Column(Text, nullable=False)
    updated_at = Column(UtcDateTime, nullable=False)
