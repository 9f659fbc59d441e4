"""Everything the lists ever said of a name or number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import or_, select

from bot.registry import names
from bot.registry.query import load_cues
from bot.registry.tables import RegistryEntry, RegistryKey, Snapshot
from bot.storage.database import Database


@dataclass(frozen=True)
class Statement:
    """What one list said, from one of its dates until another; `until` is empty while it is in force."""

    name: str
    licence: str
    source: str
    status: str
    since: dt.date | None
    until: str


def statements(database: Database, content_dir: Path, text: str) -> list[Statement]:
    """Current and former entries of exactly that name, licence or phone number, the oldest first."""
    query = load_cues(content_dir).read(text)
    keys = {names.parse(part).key for part in (query.name, query.text)}
    keys |= {"".join(c for c in query.licence.lower() if c.isalnum()).lstrip("0"), query.phone.replace(" ", "")}
    entry, since, until = RegistryEntry.__table__, Snapshot.__table__.alias("s"), Snapshot.__table__.alias("u")
    statement = (
        select(entry, since.c.published.label("since"), until.c.published.label("until"))
        .select_from(entry.join(since, entry.c.since_id == since.c.id).outerjoin(until, entry.c.until_id == until.c.id))
        .where(
            entry.c.staged.is_(False),
            entry.c.id.in_(select(RegistryKey.entry_id).where(or_(*(RegistryKey.value == key for key in keys if key)))),
        )
        .order_by(since.c.published, entry.c.id)
        .limit(100)
    )
    with database.transaction() as session:
        rows = session.execute(statement).mappings().all()
    return [
        Statement(r["name"], r["licence"], r["source"], r["status"], r["as_of"] or r["since"], _until(r)) for r in rows
    ]


def _until(row: dict[str, object]) -> str:
    return "" if row["until_id"] is None else str(row["until"] or "a later undated list")
