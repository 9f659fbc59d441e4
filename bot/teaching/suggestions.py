"""What colleagues noted from the conversations: "this should have been TOPIC", open until an editor decides."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.desk_tables import Suggestion
from bot.conversations.records import OPEN
from bot.safety.harmless import harmless
from bot.teaching.missed import Missed, hash_of
from bot.teaching.tables import Verdict


def open_suggestions(session: Session) -> list[Missed]:
    """The open ones, newest first, as questions of the topic that was named; their texts are redacted already."""
    return [
        Missed(hash_of(one.text), " ".join(harmless(one.text).split()), one.language, 1, one.at, suggested=one.topic)
        for one in _open(session)
    ]


def settle(session: Session, hashes: Iterable[str], verdict: Verdict) -> None:
    """Close the suggestions of these wordings."""
    wanted = set(hashes)
    for one in _open(session):
        if hash_of(one.text) in wanted:
            one.state = verdict.value


def _open(session: Session) -> list[Suggestion]:
    return list(session.scalars(select(Suggestion).where(Suggestion.state == OPEN).order_by(Suggestion.id.desc())))
