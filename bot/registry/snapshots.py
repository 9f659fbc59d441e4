"""Importing a list: staged in small transactions, compared with the one in force, then switched to in one.

Until the switch no look-up sees a staged row, so that an import that dies leaves the former snapshot in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import cast

from sqlalchemy import and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from bot.registry import names
from bot.registry.diff import NEW, OLD, Diff, compare, is_new, is_old
from bot.registry.entries import BrokenRow, Entry, licence_key
from bot.registry.limits import ImportRefused
from bot.registry.source import Source
from bot.registry.tables import KeyKind, RegistryEntry, RegistryKey, Snapshot, SnapshotState
from bot.storage.database import Database

BATCH = 2000
MAX_SHARE = 0.1
"""The share of a list that an import may change or remove without being held."""
KEPT_REASONS = 200


@dataclass(frozen=True)
class ListFile:
    """What is imported: the file's name and hash, the list's own date, and who imports it."""

    name: str
    sha256: str
    published: dt.date | None
    by: str


@dataclass(frozen=True)
class Outcome:
    """What became of an import. `held` is the reason why it waits for approval, empty when it is in force."""

    snapshot_id: int
    rows: int
    broken: tuple[str, ...]
    broken_count: int
    diff: Diff
    held: str


def stage(
    database: Database,
    source: Source,
    file: ListFile,
    items: Iterable[Entry | BrokenRow],
    now: dt.datetime,
    progress: Callable[[int], None] = lambda rows: None,
) -> Outcome:
    """Store the list beside the one in force and compare the two; nothing a look-up sees changes.

    Raises:
        ImportRefused: no row of the file can be used.
    """
    with database.transaction() as session:
        _drop_unfinished(session, source.id, SnapshotState.LOADING)
        snapshot = Snapshot(
            source=source.id, state=SnapshotState.LOADING.value, file_name=file.name[:200], sha256=file.sha256,
            published=file.published, imported_at=now, imported_by=file.by[:80], decision_note="", hold_reason="",
            rows=0, broken_rows=[], broken_count=0, added=0, changed=0, removed=0, names_version=names.VERSION,
        )  # fmt: skip
        session.add(snapshot)
        session.flush()
        id = int(snapshot.id)
    rows, broken_count = 0, 0
    broken: list[str] = []
    for batch in _batches(items):
        good = [item for item in batch if isinstance(item, Entry)]
        bad = [str(item) for item in batch if isinstance(item, BrokenRow)]
        with database.transaction() as session:
            _insert(session, source, id, good)
        rows, broken_count = rows + len(good), broken_count + len(bad)
        broken += bad[: KEPT_REASONS - len(broken)]
        progress(rows + broken_count)
    if not rows:
        first = f", the first in {broken[0]}" if broken else ""
        raise ImportRefused(f"{file.name}: no row can be used ({broken_count} are broken{first})", "no_rows")
    return _compared(database, source, id, rows, broken, broken_count)


def approve(
    database: Database,
    snapshot_id: int,
    by: str,
    note: str,
    now: dt.datetime,
    record: Callable[[Session], None] = lambda session: None,
) -> None:
    """Put a staged snapshot in force, in one transaction: old entries end, new ones begin, equal ones go on.

    Args:
        record: is called in that transaction.

    Raises:
        ImportRefused: it does not wait for approval.
    """
    with database.transaction() as session:
        snapshot = _waiting(session, snapshot_id)
        _switch(session, snapshot)
        former = update(Snapshot).where(
            Snapshot.source == snapshot.source, Snapshot.state == SnapshotState.IN_FORCE.value
        )
        session.execute(former.values(state=SnapshotState.FORMER.value))
        snapshot.state = SnapshotState.IN_FORCE.value
        snapshot.decided_at, snapshot.decided_by, snapshot.decision_note = now, by[:80], note
        record(session)


def refuse(
    database: Database,
    snapshot_id: int,
    by: str,
    note: str,
    now: dt.datetime,
    record: Callable[[Session], None] = lambda session: None,
) -> None:
    """Give a held snapshot up; its entries are deleted, that it was tried is kept.

    Args:
        record: is called in the transaction that does it.

    Raises:
        ImportRefused: it does not wait for approval.
    """
    with database.transaction() as session:
        snapshot = _waiting(session, snapshot_id)
        _delete_staged(session, snapshot.source, snapshot_id)
        snapshot.state = SnapshotState.REFUSED.value
        snapshot.decided_at, snapshot.decided_by, snapshot.decision_note = now, by[:80], note
        record(session)


def in_force(session: Session, source_id: str) -> Snapshot | None:
    """The snapshot of a source that look-ups use."""
    query = select(Snapshot).where(Snapshot.source == source_id, Snapshot.state == SnapshotState.IN_FORCE.value)
    return cast("Snapshot | None", session.execute(query.order_by(Snapshot.id.desc())).scalars().first())


def held(session: Session, source_id: str) -> Snapshot | None:
    """The newest snapshot of a source that waits for approval."""
    query = select(Snapshot).where(Snapshot.source == source_id, Snapshot.state == SnapshotState.HELD.value)
    return cast("Snapshot | None", session.execute(query.order_by(Snapshot.id.desc())).scalars().first())


def _compared(database: Database, source: Source, id: int, rows: int, broken: list[str], broken_count: int) -> Outcome:
    with database.transaction() as session:
        _drop_unfinished(session, source.id, SnapshotState.HELD)
        snapshot = session.get(Snapshot, id)
        former = in_force(session, source.id)
        diff = compare(session, source.id, id)
        snapshot.rows, snapshot.broken_rows, snapshot.broken_count = rows, broken, broken_count
        snapshot.added, snapshot.changed, snapshot.removed = diff.added, diff.changed, diff.removed
        snapshot.hold_reason = "; ".join(map(str, reasons_to_hold(snapshot, former, diff)))
        snapshot.state = SnapshotState.HELD.value
        return Outcome(id, rows, tuple(broken), broken_count, diff, snapshot.hold_reason)


@dataclass(frozen=True)
class Reason:
    """Why an import is held. `code` names the console's text for it, which `values` complete; str() is English."""

    code: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return _REASONS[self.code].format(**self.values)


_REASONS = {
    "broken": "{count} rows cannot be read (the first: {first})",
    "share": "{removed:,} of {before:,} entries would go and {changed:,} change ({share:.0%})",
    "older": "it is of {published}, older than the list in force of {former}",
    "undated": "it has no date, the list in force is of {former}",
}


def reasons_to_hold(snapshot: Snapshot, former: Snapshot | None, diff: Diff) -> list[Reason]:
    """Why `snapshot`, compared with the list in force, must be looked at by somebody; mostly nothing."""
    reasons = []
    if snapshot.broken_count:
        reasons.append(Reason("broken", {"count": snapshot.broken_count, "first": snapshot.broken_rows[0]}))
    if diff.before and diff.removed + diff.changed > MAX_SHARE * diff.before:
        share = (diff.removed + diff.changed) / diff.before
        values = {"removed": diff.removed, "before": diff.before, "changed": diff.changed, "share": share}
        reasons.append(Reason("share", values))
    if former is not None and former.published and snapshot.published and snapshot.published < former.published:
        reasons.append(Reason("older", {"published": snapshot.published, "former": former.published}))
    if former is not None and former.published and snapshot.published is None:
        reasons.append(Reason("undated", {"former": former.published}))
    return reasons


def _switch(session: Session, snapshot: Snapshot) -> None:
    """Old entries without an equal new one end; new ones with an equal old one are dropped; the rest begin."""
    old, new = is_old(snapshot.source), is_new(snapshot.source, snapshot.id)
    equal = and_(OLD.c.identity == NEW.c.identity, OLD.c.digest == NEW.c.digest)
    ended = select(OLD.c.id).where(old, ~exists().where(equal, new))
    doubled = select(NEW.c.id).where(new, exists().where(equal, old))
    entries, keys = RegistryEntry.__table__, RegistryKey.__table__
    session.execute(update(entries).where(entries.c.id.in_(ended)).values(until_id=snapshot.id))
    session.execute(delete(keys).where(keys.c.entry_id.in_(doubled)))
    session.execute(delete(entries).where(entries.c.id.in_(doubled)))
    session.execute(
        update(entries)
        .where(entries.c.source == snapshot.source, entries.c.since_id == snapshot.id)
        .values(staged=False)
    )


def _waiting(session: Session, snapshot_id: int) -> Snapshot:
    snapshot = session.get(Snapshot, snapshot_id)
    if snapshot is None or snapshot.state != SnapshotState.HELD.value:
        state = snapshot.state if snapshot else "unknown"
        raise ImportRefused(
            f"snapshot {snapshot_id} is {state}, it does not wait: see `salama registry sources`", "not_waiting"
        )
    return cast(Snapshot, snapshot)


def _drop_unfinished(session: Session, source_id: str, state: SnapshotState) -> None:
    """Give up what an import left that died, or what was held and is now followed by another that could be read."""
    query = select(Snapshot).where(Snapshot.source == source_id, Snapshot.state == state.value)
    for snapshot in session.execute(query).scalars():
        _delete_staged(session, source_id, snapshot.id)
        snapshot.state = SnapshotState.REFUSED.value
        snapshot.decision_note = "followed by another import"


def _delete_staged(session: Session, source_id: str, snapshot_id: int) -> None:
    entries, keys = RegistryEntry.__table__, RegistryKey.__table__
    staged = is_new(source_id, snapshot_id, entries)
    session.execute(delete(keys).where(keys.c.entry_id.in_(select(entries.c.id).where(staged))))
    session.execute(delete(entries).where(staged))


def _insert(session: Session, source: Source, snapshot_id: int, entries: list[Entry]) -> None:
    if not entries:
        return
    first = (session.execute(select(func.max(RegistryEntry.id))).scalar() or 0) + 1
    rows, keys = [], []
    for id, entry in enumerate(entries, first):
        rows.append(
            {
                "id": id, "source": source.id, "since_id": snapshot_id, "staged": True, "identity": entry.identity,
                "digest": entry.digest, "name": entry.name, "other_names": list(entry.other_names),
                "licence": entry.licence, "status": entry.status.value, "status_words": entry.status_words[:200],
                "as_of": entry.as_of, "expires": entry.expires, "city": entry.city, "phones": list(entry.phones),
                "details": entry.details,
            }
        )  # fmt: skip
        keys += [{"entry_id": id, **key} for key in keys_of(source, entry)]
    session.execute(insert(RegistryEntry.__table__), rows)
    session.execute(insert(RegistryKey.__table__), keys)


def rekey(database: Database, sources: Mapping[str, Source]) -> list[str]:
    """Make the keys anew of lists imported under other rules of what one name is; returns those sources' ids."""
    with database.transaction() as session:
        query = select(Snapshot.source, Snapshot.id).where(
            Snapshot.state == SnapshotState.IN_FORCE.value, Snapshot.names_version != names.VERSION
        )
        stale = [(id, snapshot_id) for id, snapshot_id in session.execute(query) if id in sources]
    for id, snapshot_id in stale:
        last: int | None = 0
        while last is not None:
            with database.transaction() as session:
                last = _rekey_batch(session, sources[id], last)
        with database.transaction() as session:
            session.get(Snapshot, snapshot_id).names_version = names.VERSION
    return [id for id, _ in stale]


def _rekey_batch(session: Session, source: Source, after: int) -> int | None:
    batch = select(RegistryEntry).where(RegistryEntry.source == source.id, RegistryEntry.id > after)
    entries = session.execute(batch.order_by(RegistryEntry.id).limit(BATCH)).scalars().all()
    if not entries:
        return None
    table = RegistryKey.__table__
    first, last = entries[0].id, entries[-1].id
    mine = select(RegistryEntry.id).where(RegistryEntry.source == source.id, RegistryEntry.id.between(first, last))
    session.execute(delete(table).where(table.c.entry_id.in_(mine)))
    session.execute(insert(table), [{"entry_id": e.id, **key} for e in entries for key in keys_of(source, e)])
    return int(last)


def keys_of(source: Source, entry: Entry | RegistryEntry) -> list[dict[str, str]]:
    """The keys an entry is found by."""
    parsed = [names.parse(name) for name in (entry.name, *entry.other_names)]
    found = [(KeyKind.NAME, name.key[:300], name.spelled[:320]) for name in parsed if name.key]
    found += [(KeyKind.PHONE, number, "") for number in entry.phones]
    if licence := licence_key(source, entry.licence):
        found.append((KeyKind.LICENCE, licence[:300], ""))
    return [{"kind": kind.value, "value": value, "spelled": spelled} for kind, value, spelled in dict.fromkeys(found)]


def _batches(items: Iterable[Entry | BrokenRow]) -> Iterator[list[Entry | BrokenRow]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
