"""One list's file into the registry: read, stage, compare, and put in force or hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bot.registry.diff import Diff
from bot.registry.entries import entries
from bot.registry.limits import ImportRefused, sha256
from bot.registry.readers import read_rows
from bot.registry.snapshots import ListFile, Outcome, approve, in_force, stage
from bot.registry.source import Source
from bot.registry.tables import Snapshot, SnapshotState
from bot.storage.database import Database

_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


def import_file(
    database: Database,
    source: Source,
    path: Path,
    by: str,
    now: dt.datetime,
    published: dt.date | None = None,
    known_hash: str | None = None,
    force: str | None = None,
    progress: Callable[[int], None] = lambda rows: None,
    look_first: bool = False,
) -> Outcome:
    """Import `path`; it is in force at once unless there is a reason to hold it.

    Args:
        published: the list's own date; by default the one in the file's name.
        known_hash: of the file that ships with Salama, whose broken rows somebody has looked at.
        force: put it in force in spite of reasons to hold it; says why.
        look_first: let it wait in any case, until somebody has looked at the differences.

    Raises:
        ImportRefused: the file cannot be used, has no date, or is in force already.
    """
    digest = sha256(path)
    published = published or date_in_name(path) or _date_if_shipped(source, digest, known_hash)
    _check_date(source, path, published, now.date())
    if (current := _same_in_force(database, source, digest, published)) is not None:
        return current
    file = ListFile(path.name, digest, published, by)
    outcome = stage(database, source, file, entries(source, read_rows(source, path)), now, progress)
    known = source.shipped.approved if source.shipped and digest == known_hash else None
    if look_first:
        return outcome
    if not outcome.held:
        approve(database, outcome.snapshot_id, by, "nothing to hold it for", now)
    elif force or (known and outcome.broken_count and "; " not in outcome.held):
        approve(database, outcome.snapshot_id, by, force or known or "", now)
        return Outcome(outcome.snapshot_id, outcome.rows, outcome.broken, outcome.broken_count, outcome.diff, "")
    return outcome


def date_in_name(path: Path) -> dt.date | None:
    """The date in a file's name, such as list_2024-02-04.csv or 20240204.xlsx."""
    for year, month, day in _DATE_IN_NAME.findall(path.name):
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _date_if_shipped(source: Source, digest: str, known_hash: str | None) -> dt.date | None:
    return source.shipped.published if source.shipped and digest == known_hash else None


def _check_date(source: Source, path: Path, published: dt.date | None, today: dt.date) -> None:
    if published is None and not source.undated:
        raise ImportRefused(
            f"{path.name} tells no date: add --published YYYY-MM-DD, the day the authority printed on it",
            "no_date",
        )
    if published is not None and published > today:
        raise ImportRefused(
            f"{path.name}: the date {published} is in the future: correct it with --published", "future"
        )


def _same_in_force(database: Database, source: Source, digest: str, published: dt.date | None) -> Outcome | None:
    """The outcome of the former import when this very file is in force already; its date may have been told anew."""
    with database.transaction() as session:
        snapshot = in_force(session, source.id)
        if snapshot is None or snapshot.sha256 != digest:
            return None
        if published is not None:
            snapshot.published = published
        broken = tuple(snapshot.broken_rows)
        diff = Diff(snapshot.rows, 0, 0, 0)
        return Outcome(snapshot.id, snapshot.rows, broken, snapshot.broken_count, diff, "")


def load_shipped(
    database: Database,
    sources: dict[str, Source],
    content_dir: Path,
    now: dt.datetime,
    say: Callable[[str, int], None] = lambda source, rows: None,
    longest_bytes: int | None = None,
) -> list[str]:
    """Import the snapshots that come with Salama for sources that have none yet; returns the sources' ids.

    Args:
        longest_bytes: leave longer files for another time; None takes all.
    """
    with database.transaction() as session:
        states = (SnapshotState.IN_FORCE.value, SnapshotState.HELD.value)
        have = set(session.execute(select(Snapshot.source).where(Snapshot.state.in_(states))).scalars())
    loaded = []
    for source in sources.values():
        if source.shipped is None or source.id in have:
            continue
        path = shipped_path(content_dir, source)
        if longest_bytes is not None and path.stat().st_size > longest_bytes:
            continue
        import_file(
            database,
            source,
            path,
            "shipped with Salama",
            now,
            source.shipped.published,
            known_hash=sha256(path),
            progress=lambda rows, id=source.id: say(id, rows),  # type: ignore[misc]
        )
        loaded.append(source.id)
    return loaded


def shipped_path(content_dir: Path, source: Source) -> Path:
    """Where a source's shipped snapshot lies."""
    assert source.shipped
    return content_dir / "registries" / "snapshots" / source.shipped.file
