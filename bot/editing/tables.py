"""Revisions of content files, what was done with each, and the number that tells every process of a change."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Text, text

from bot.storage.database import Base, UtcDateTime

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class State(str, Enum):
    """Where a revision stands. Only one of a path is published; its text stands in for the file."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Act(str, Enum):
    """What somebody did with a revision."""

    DRAFTED = "drafted"
    KEPT_BESIDE = "kept_beside"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    REFUSED = "refused"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"
    EXPORTED = "exported"


class Revision(Base):
    """The whole text of one file of content/ as an editor would have it.

    `path` is relative to content/. `parent_id` is the published revision that the text was made from, None when that
    was the file; `base_hash` is the SHA-256 of the file at that time, empty when there was none. `version` counts
    saves: who saves with an older one did not see the newest text.
    """

    __tablename__ = "content_revisions"
    __table_args__ = (
        Index(
            "uq_content_revisions_published",
            "path",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index("ix_content_revisions_path", "path", "id"),
        Index("ix_content_revisions_state", "state"),
    )
    id = Column(ROW_ID, primary_key=True)
    path = Column(String(160), nullable=False)
    text = Column(Text, nullable=False)
    base_hash = Column(String(64), nullable=False)
    parent_id = Column(ROW_ID, ForeignKey("content_revisions.id"))
    state = Column(String(16), nullable=False)
    version = Column(Integer, nullable=False, default=1)
    author_id = Column(String(64), nullable=False)
    author = Column(String(120), nullable=False)
    reviewer_id = Column(String(64))
    reviewer = Column(String(120))
    reason = Column(Text, nullable=False, default="")
    publish_at = Column(UtcDateTime)
    created_at = Column(UtcDateTime, nullable=False)
    updated_at = Column(UtcDateTime, nullable=False)
    published_at = Column(UtcDateTime)
    exported_at = Column(UtcDateTime)


class SavedText(Base):
    """The text of a revision as of each save: what an open form was made from, and nothing is overwritten."""

    __tablename__ = "content_saves"
    revision_id = Column(ROW_ID, ForeignKey("content_revisions.id", ondelete="CASCADE"), primary_key=True)
    version = Column(Integer, primary_key=True)
    text = Column(Text, nullable=False)


class RevisionEvent(Base):
    """Who did what with a revision, when and why; rows are only added."""

    __tablename__ = "content_revision_events"
    id = Column(ROW_ID, primary_key=True)
    revision_id = Column(ROW_ID, ForeignKey("content_revisions.id", ondelete="CASCADE"), nullable=False, index=True)
    act = Column(String(16), nullable=False)
    staff_id = Column(String(64), nullable=False)
    staff = Column(String(120), nullable=False)
    note = Column(Text, nullable=False, default="")
    at = Column(UtcDateTime, nullable=False)


class ContentVersion(Base):
    """One row: the number grows with each publication, in the same transaction."""

    __tablename__ = "content_version"
    id = Column(Integer, primary_key=True)
    number = Column(Integer, nullable=False)


class Digest(Base):
    """A weekly digest that was sent, by the Monday of its week: the key keeps two processes from sending it twice."""

    __tablename__ = "content_digests"
    week = Column(Date, primary_key=True)
    sent_at = Column(UtcDateTime, nullable=False)
