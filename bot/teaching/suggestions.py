"""What colleagues noted from the conversations: "this should have been TOPIC", open until an editor decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import column, inspect, select, table, update
from sqlalchemy.orm import Session

from bot.storage.database import UtcDateTime
from bot.teaching.missed import Missed, hash_of
from bot.teaching.tables import Verdict

OPEN = "open"
SUGGESTIONS = table(
    "suggestions",
    column("id"),
    column("text"),
    column("language"),
    column("topic"),
    column("at", UtcDateTime),
    column("state"),
)
"""The desk's table (bot.conversations.desk_tables), as far as it matters here; its texts are redacted already."""


def open_suggestions(session: Session) -> list[Missed]:
    """The open ones, newest first, as questions of the topic that was named."""
    return [
        Missed(hash_of(text), " ".join(text.split()), language, 1, at, suggested=topic)
        for _, text, language, topic, at in _open(session)
    ]


def settle(session: Session, hashes: Iterable[str], verdict: Verdict) -> None:
    """Close the suggestions of these wordings."""
    wanted = set(hashes)
    ids = [id for id, text, *_ in _open(session) if hash_of(text) in wanted]
    if ids:
        session.execute(update(SUGGESTIONS).where(SUGGESTIONS.c.id.in_(ids)).values(state=verdict.value))


def _open(session: Session) -> list[Any]:
    if not inspect(session.connection()).has_table(SUGGESTIONS.name):
        return []
    columns = SUGGESTIONS.c
    query = select(columns.id, columns.text, columns.language, columns.topic, columns.at)
    return list(session.execute(query.where(columns.state == OPEN).order_by(columns.id.desc())))
