"""What is remembered of translations: the texts last seen, which are behind, and who signed which text off."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Text

from bot.storage.database import Base, UtcDateTime

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class TranslationMark(Base):
    """One text in one language as it was last seen.

    `behind` holds the languages that were changed since this text was made, each with its text as of then.
    """

    __tablename__ = "content_translation_marks"
    path = Column(String(160), primary_key=True)
    key = Column(String(200), primary_key=True)
    language = Column(String(8), primary_key=True)
    text = Column(Text, nullable=False)
    behind = Column(JSON, nullable=False, default=dict)
    seen_at = Column(UtcDateTime, nullable=False)


class SignOff(Base):
    """A native reader's word that the text of one file in one language is right; rows are only added."""

    __tablename__ = "content_sign_offs"
    __table_args__ = (Index("ix_content_sign_offs_path", "path", "language", "id"),)
    id = Column(ROW_ID, primary_key=True)
    path = Column(String(160), nullable=False)
    language = Column(String(8), nullable=False)
    text_hash = Column(String(64), nullable=False)
    staff_id = Column(String(64), nullable=False)
    staff = Column(String(120), nullable=False)
    at = Column(UtcDateTime, nullable=False)
