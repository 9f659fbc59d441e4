"""Once a week: claimed in the database, so that of several processes one does it, and again when it failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from bot.editing.tables import Digest
from bot.storage.database import Database

SEND_FROM = dt.timedelta(hours=6)
"""After Monday's beginning in UTC: editors find it in the morning."""


def once_a_week(database: Database, now: dt.datetime, do: Callable[[], None]) -> bool:
    """Call `do` if nobody has this week; returns whether it was called. When it raises, the week is free again."""
    monday = (now - SEND_FROM).date()
    monday -= dt.timedelta(days=monday.weekday())
    try:
        with database.transaction() as session:
            if session.get(Digest, monday) is not None:
                return False
            session.add(Digest(week=monday, sent_at=now))
    except IntegrityError:  # another process was faster
        return False
    try:
        do()
    except BaseException:
        with database.transaction() as session:
            session.execute(delete(Digest).where(Digest.week == monday))
        raise
    return True
