"""Retention: texts older than a setting are erased; rows and figures stay, without a word of anybody."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.conversations.desk_tables import Note, Suggestion
from bot.conversations.housekeeping_tables import By, Erasure, Progress
from bot.conversations.records import OPEN
from bot.conversations.tables import DialogueState, Message, State

JOB = "texts"
BATCH = 1000
"""Messages a transaction: on SQLite nobody can write meanwhile."""
EXPIRED = "expired"
"""The state of a suggestion that no editor decided on in time."""
NOT_DONE = (State.RECEIVED.value, State.QUEUED.value)


def erase_some(session: Session, before: dt.datetime, now: dt.datetime) -> bool:
    """Erase a batch of texts from before `before`, oldest first; returns whether there are more.

    A message that waits to be answered or sent is passed over: that is a fault which staff must see.
    """
    done = session.get(Progress, JOB, with_for_update=True)
    since = done.until if done else None
    if since is not None and since >= before:
        return False
    waiting = Message.created_at < before
    if since is not None:
        waiting = waiting & (Message.created_at >= since)
    oldest = select(Message.id, Message.created_at).where(waiting).order_by(Message.created_at).limit(BATCH)
    rows = session.execute(oldest).all()
    is_last = len(rows) < BATCH
    # the next batch begins with the moment of this one's last row, so it must be past it, or nothing would move on
    until = before if is_last else _after(rows[0].created_at, rows[-1].created_at)
    texts = _erase(session, since, until, now)
    session.merge(Progress(job=JOB, until=until))
    if texts:
        session.add(Erasure(at=now, by=By.AGE.value, texts=texts))
    return not is_last


def _after(first: dt.datetime, last: dt.datetime) -> dt.datetime:
    return last if last > first else last + dt.timedelta(microseconds=1)


def _erase(session: Session, since: dt.datetime | None, until: dt.datetime, now: dt.datetime) -> int:
    in_time = [Message.created_at < until, *([Message.created_at >= since] if since else [])]
    erased = session.execute(
        update(Message)
        .where(*in_time, Message.state.not_in(NOT_DONE))
        .values(text="", payload=None, choices=[], rest=None)
        .execution_options(synchronize_session=False)
    ).rowcount
    for kind, at in ((Note, Note.created_at), (Suggestion, Suggestion.at)):
        values = {"text": ""} if kind is Note else {"text": "", "state": func.replace(Suggestion.state, OPEN, EXPIRED)}
        session.execute(
            update(kind).where(at < until, kind.text != "").values(values).execution_options(synchronize_session=False)
        )
    session.execute(delete(DialogueState).where(DialogueState.updated_at < until))
    return int(erased)
