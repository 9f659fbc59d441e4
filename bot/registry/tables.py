"""Snapshots of official lists, their entries with history, and the keys they are found by; reports and watches."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Text

from bot.storage.database import Base, UtcDateTime

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class SnapshotState(str, Enum):
    """Where a snapshot stands: only one a source is in force; a held one waits for approval."""

    LOADING = "loading"
    HELD = "held"
    IN_FORCE = "in_force"
    FORMER = "former"
    REFUSED = "refused"


class KeyKind(str, Enum):
    """What a key finds an entry by."""

    NAME = "name"
    LICENCE = "licence"
    PHONE = "phone"


class ReportState(str, Enum):
    """How far staff have got with a report."""

    NEW = "new"
    SEEN = "seen"
    DONE = "done"


class Snapshot(Base):
    """One import of one list. `published` is the list's own date, None when it has none."""

    __tablename__ = "registry_snapshots"
    id = Column(ROW_ID, primary_key=True)
    source = Column(String(48), nullable=False, index=True)
    state = Column(String(16), nullable=False)
    file_name = Column(String(200), nullable=False)
    sha256 = Column(String(64), nullable=False)
    published = Column(Date)
    imported_at = Column(UtcDateTime, nullable=False)
    imported_by = Column(String(80), nullable=False)
    decided_at = Column(UtcDateTime)
    decided_by = Column(String(80))
    decision_note = Column(Text, nullable=False, default="")
    rows = Column(Integer, nullable=False, default=0)
    broken_rows = Column(JSON, nullable=False, default=list)
    broken_count = Column(Integer, nullable=False, default=0)
    added = Column(Integer, nullable=False, default=0)
    changed = Column(Integer, nullable=False, default=0)
    removed = Column(Integer, nullable=False, default=0)
    hold_reason = Column(Text, nullable=False, default="")
    names_version = Column(String(16), nullable=False, default="")


class RegistryEntry(Base):
    """One licence as a list stated it, from the snapshot `since_id` on until the one that changed or dropped it.

    Rows of a snapshot that is not in force yet are `staged`: no look-up sees them. `identity` says which row of the
    next snapshot is the same licence, `digest` whether it has changed.
    """

    __tablename__ = "registry_entries"
    # one index for all: SQLite, which has no statistics, would take a second one on since_id and compare all with all
    __table_args__ = (Index("ix_registry_entries_identity", "source", "identity", "since_id"),)
    id = Column(ROW_ID, primary_key=True)
    source = Column(String(48), nullable=False)
    since_id = Column(ROW_ID, ForeignKey("registry_snapshots.id", ondelete="CASCADE"), nullable=False)
    until_id = Column(ROW_ID, ForeignKey("registry_snapshots.id"))
    staged = Column(Boolean, nullable=False)
    identity = Column(String(24), nullable=False)
    digest = Column(String(24), nullable=False)
    name = Column(String(300), nullable=False)
    other_names = Column(JSON, nullable=False)
    licence = Column(String(160), nullable=False)
    status = Column(String(16), nullable=False)
    status_words = Column(String(200), nullable=False)
    as_of = Column(Date)
    expires = Column(Date)
    city = Column(String(200), nullable=False)
    phones = Column(JSON, nullable=False)
    details = Column(String(300), nullable=False)


class RegistryKey(Base):
    """One name, licence number or phone number of an entry. `spelled` is a name's words with blanks, for the index."""

    __tablename__ = "registry_keys"
    __table_args__ = (Index("ix_registry_keys_value", "value", "kind"), Index("ix_registry_keys_entry", "entry_id"))
    id = Column(ROW_ID, primary_key=True)
    entry_id = Column(ROW_ID, ForeignKey("registry_entries.id", ondelete="CASCADE"), nullable=False)
    kind = Column(String(8), nullable=False)
    value = Column(String(300), nullable=False)
    spelled = Column(String(320), nullable=False)


class Report(Base):
    """A report about a recruiter, for staff. All that a person told is in `told`, encrypted.

    `contact_id` is empty when the person wishes to stay anonymous, and after they asked to be forgotten.
    """

    __tablename__ = "recruiter_reports"
    __table_args__ = (Index("ix_recruiter_reports_created", "created_at"),)
    id = Column(ROW_ID, primary_key=True)
    reference = Column(String(12), nullable=False, unique=True)
    contact_id = Column(String(32), ForeignKey("contacts.id", ondelete="SET NULL"))
    language = Column(String(8))
    told = Column(LargeBinary, nullable=False)
    state = Column(String(16), nullable=False, default=ReportState.NEW.value)
    created_at = Column(UtcDateTime, nullable=False)


class Watch(Base):
    """A person's wish to be told when an entry's status changes. `status` is what they were told last."""

    __tablename__ = "registry_watches"
    contact_id = Column(String(32), ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    source = Column(String(48), primary_key=True)
    identity = Column(String(24), primary_key=True)
    status = Column(String(16), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class Lookup(Base):
    """That somebody looked a recruiter up, and what the verdict was; whom and who is not kept."""

    __tablename__ = "registry_lookups"
    id = Column(ROW_ID, primary_key=True)
    at = Column(UtcDateTime, nullable=False, index=True)
    ruling = Column(String(24), nullable=False)
    language = Column(String(8))
