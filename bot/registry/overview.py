"""What staff see of the sources: the list in force, how fresh it is, what waits, and what was imported before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.registry.diff import Change, Diff, changes
from bot.registry.snapshots import Reason, held, in_force, reasons_to_hold
from bot.registry.source import Source
from bot.registry.tables import Snapshot


class Freshness(str, Enum):
    """Whether look-ups may rely on the list of a source."""

    FRESH = "fresh"
    TOO_OLD = "too_old"
    NO_LIST = "no_list"


@dataclass(frozen=True)
class SourceState:
    """One source: the snapshot in force and the one that waits, if any; `reasons` are why the latter is held."""

    source: Source
    current: Snapshot | None
    waiting: Snapshot | None
    freshness: Freshness
    reasons: tuple[Reason, ...] = ()


def overview(session: Session, sources: Mapping[str, Source], today: dt.date) -> list[SourceState]:
    """All sources, by country and title."""
    states = [state_of(session, source, today) for source in sources.values()]
    return sorted(states, key=lambda state: (state.source.country, state.source.title))


def state_of(session: Session, source: Source, today: dt.date) -> SourceState:
    """How `source` stands on `today`."""
    current, waiting = in_force(session, source.id), held(session, source.id)
    if current is None:
        freshness = Freshness.NO_LIST
    else:
        freshness = Freshness.TOO_OLD if source.is_stale(current.published, today) else Freshness.FRESH
    reasons = reasons_to_hold(waiting, current, stored_diff(waiting, current)) if waiting is not None else []
    return SourceState(source, current, waiting, freshness, tuple(reasons))


def stored_diff(waiting: Snapshot, current: Snapshot | None) -> Diff:
    """The differences as they were counted at the import."""
    return Diff(current.rows if current else 0, waiting.added, waiting.changed, waiting.removed)


def differences(session: Session, waiting: Snapshot, most: int) -> list[Change]:
    """Up to `most` differences of each kind between the snapshot that waits and the list in force."""
    return changes(session, waiting.source, waiting.id, most)


def imports(session: Session, source_id: str, most: int = 50) -> list[Snapshot]:
    """The imports of a source, the newest first: who, when, what came of it and why."""
    query = select(Snapshot).where(Snapshot.source == source_id).order_by(Snapshot.id.desc()).limit(most)
    return list(session.execute(query).scalars())
