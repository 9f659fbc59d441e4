"""Entries of the lists as the database holds them, by number, key, licence and phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.registry import phones
from bot.registry.entries import licence_key
from bot.registry.query import Query
from bot.registry.source import Source
from bot.registry.tables import KeyKind, RegistryEntry, RegistryKey, Snapshot, SnapshotState

MAX_EXACT = 60
_entries, _keys, _snapshots = RegistryEntry.__table__, RegistryKey.__table__, Snapshot.__table__


def lists_in_force(session: Session) -> tuple[object, ...]:
    """What tells whether other lists are in force than before, or than in another database."""
    told = (
        Snapshot.id, Snapshot.source, Snapshot.sha256, Snapshot.published, Snapshot.imported_at, Snapshot.decided_at,
        Snapshot.names_version,
    )  # fmt: skip
    query = select(*told).where(Snapshot.state == SnapshotState.IN_FORCE.value).order_by(Snapshot.id)
    return tuple(tuple(map(str, row)) for row in session.execute(query))


def rows(session: Session, ids: list[int]) -> list[Mapping[str, Any]]:
    """The entries `ids` with the day since when each is listed so."""
    since = _snapshots.c.published.label("since_published")
    query = (
        select(_entries, since)
        .select_from(_entries.join(_snapshots, _entries.c.since_id == _snapshots.c.id))
        .where(_entries.c.id.in_(ids), _entries.c.staged.is_(False))
    )
    return list(session.execute(query).mappings())


def by_keys(session: Session, kind: KeyKind, values: list[str]) -> list[int]:
    """The entries that have one of `values` as a key of `kind`."""
    if not values:
        return []
    query = select(_keys.c.entry_id).where(_keys.c.value.in_(values), _keys.c.kind == kind.value).limit(MAX_EXACT)
    return list(session.execute(query).scalars())


def by_licence(session: Session, query: Query, sources: Mapping[str, Source]) -> list[int]:
    """The entries that have the licence asked for, each read as its source writes licences."""
    asked: dict[str, set[str]] = {}
    for source in sources.values():
        if source.columns.licence:
            for text in filter(None, (query.licence, query.text)):
                if value := licence_key(source, text):
                    asked.setdefault(value, set()).add(source.id)
    if not asked:
        return []
    conditions = [and_(_keys.c.value == value, _entries.c.source.in_(ids)) for value, ids in asked.items()]
    statement = (
        select(_keys.c.entry_id)
        .select_from(_keys.join(_entries, _keys.c.entry_id == _entries.c.id))
        .where(_keys.c.kind == KeyKind.LICENCE.value, or_(*conditions))
        .limit(MAX_EXACT)
    )
    return list(session.execute(statement).scalars())


def phone_values(phone: str, sources: Iterable[Source]) -> list[str]:
    """What `phone` may be in the countries of `sources`, in E.164."""
    if not phone:
        return []
    places = {(source.country, source.area_code) for source in sources if source.columns.phones}
    found = (phones.e164(phone, country, area) for country, area in places)
    return list({number for number in found if number})


def name_of(session: Session, entry_id: int) -> str:
    """The name of an entry; empty when there is none."""
    return session.execute(select(_entries.c.name).where(_entries.c.id == entry_id)).scalar() or ""
