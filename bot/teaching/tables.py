"""Runs of teaching, and what editors decided about questions that were missed."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Text

from bot.conversations.tables import ROW_ID
from bot.storage.database import Base, UtcDateTime


class State(str, Enum):
    """Where a run stands.

    `READY` waits for somebody to put its model in force; `BELOW_FLOOR` breaks a floor; `UNCHANGED` found nothing to
    learn; `IN_FORCE` was put in force once (whether it still is, `bot.teaching.choice` says).
    """

    QUEUED = "queued"
    TRAINING = "training"
    EVALUATING = "evaluating"
    READY = "ready"
    BELOW_FLOOR = "below_floor"
    UNCHANGED = "unchanged"
    IN_FORCE = "in_force"
    FAILED = "failed"


ACTIVE = (State.QUEUED.value, State.TRAINING.value, State.EVALUATING.value)


class TeachingRun(Base):
    """One training with its comparison.

    `active` is true while the run is under way and else empty: its key lets no two runs be. `claim` names the process
    that carries it out. `model` is the new model's file, `compared_with` that of the model then in force, `shipped` a
    hash of the files that came with Salama then. Staff ids
    are empty for the command line. `reason` is why it was put in force below a floor.
    """

    __tablename__ = "teaching_runs"
    __table_args__ = (Index("uq_teaching_runs_active", "active", unique=True),)
    id = Column(ROW_ID, primary_key=True)
    state = Column(String(16), nullable=False)
    active = Column(Boolean)
    progress = Column(Integer, nullable=False, default=0)
    asked_by = Column(ROW_ID)
    asked_at = Column(UtcDateTime, nullable=False)
    claim = Column(String(32))
    started_at = Column(UtcDateTime)
    seen_at = Column(UtcDateTime)
    trained_at = Column(UtcDateTime)
    ended_at = Column(UtcDateTime)
    model = Column(String(80))
    compared_with = Column(String(80))
    shipped = Column(String(64))
    comparison = Column(JSON)
    error = Column(Text)
    put_in_force_by = Column(ROW_ID)
    put_in_force_at = Column(UtcDateTime)
    reason = Column(Text)


class Verdict(str, Enum):
    """What became of a question that was missed."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Decision(Base):
    """What an editor decided about a question, by the hash of its plain redacted text: no text of a person is kept."""

    __tablename__ = "question_decisions"
    text_hash = Column(String(64), primary_key=True)
    verdict = Column(String(16), nullable=False)
    topic = Column(String(64))
    staff_id = Column(ROW_ID, nullable=False)
    at = Column(UtcDateTime, nullable=False)
