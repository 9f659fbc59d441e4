"""What housekeeping remembers: how far it has come, and which erasures are still in the files."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Column, Integer, String

from bot.conversations.tables import ROW_ID
from bot.storage.database import Base, UtcDateTime


class Progress(Base):
    """How far a job has come: everything before `until` is done."""

    __tablename__ = "housekeeping_progress"
    job = Column(String(32), primary_key=True)
    until = Column(UtcDateTime, nullable=False)


class By(str, Enum):
    """Who asked for an erasure."""

    PERSON = "person"
    STAFF = "staff"
    AGE = "age"


class Erasure(Base):
    """Something was erased; of whom is not kept. `scrubbed_at` is when it was gone from the database's files too."""

    __tablename__ = "erasures"
    id = Column(ROW_ID, primary_key=True)
    at = Column(UtcDateTime, nullable=False, index=True)
    by = Column(String(8), nullable=False)
    texts = Column(Integer, nullable=False)
    scrubbed_at = Column(UtcDateTime)
