"""What a staged snapshot would add, change and remove, counted in the database however long the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from bot.registry.tables import RegistryEntry

_entries = RegistryEntry.__table__
OLD, NEW = _entries.alias("old"), _entries.alias("new")


@dataclass(frozen=True)
class Diff:
    """Counts of entries; `before` is how many are in force now."""

    before: int
    added: int
    changed: int
    removed: int

    @property
    def same(self) -> int:
        """How many are in both, unchanged."""
        return self.before - self.changed - self.removed


@dataclass(frozen=True)
class Change:
    """One difference: `kind` is added, changed or removed; `before` and `after` describe the entry."""

    kind: str
    name: str
    before: str
    after: str


def is_old(source: str, table: Any = OLD) -> Any:
    """The condition for entries of `source` that are in force."""
    return and_(table.c.source == source, table.c.staged.is_(False), table.c.until_id.is_(None))


def is_new(source: str, snapshot_id: int, table: Any = NEW) -> Any:
    """The condition for entries staged by a snapshot."""
    return and_(table.c.source == source, table.c.since_id == snapshot_id, table.c.staged.is_(True))


def compare(session: Session, source: str, snapshot_id: int) -> Diff:
    """Count the differences between the staged snapshot and the entries in force."""
    old, new = is_old(source), is_new(source, snapshot_id)
    pairs = OLD.join(NEW, and_(OLD.c.identity == NEW.c.identity, new))
    before = session.execute(select(func.count()).select_from(OLD).where(old)).scalar_one()
    after = session.execute(select(func.count()).select_from(NEW).where(new)).scalar_one()
    both = session.execute(select(func.count()).select_from(pairs).where(old)).scalar_one()
    changed_pairs = select(func.count()).select_from(pairs).where(old, OLD.c.digest != NEW.c.digest)
    changed = session.execute(changed_pairs).scalar_one()
    return Diff(before, after - both, changed, before - both)


def changes(session: Session, source: str, snapshot_id: int, limit: int) -> list[Change]:
    """Up to `limit` differences of each kind by name, removed ones first: those are what an approver must look at."""
    old, new = is_old(source), is_new(source, snapshot_id)
    partner = OLD.c.identity == NEW.c.identity
    removed = select(OLD).where(old, ~exists().where(partner, new)).order_by(*_by_name(OLD)).limit(limit)
    added = select(NEW).where(new, ~exists().where(partner, old)).order_by(*_by_name(NEW)).limit(limit)
    pairs = OLD.join(NEW, and_(partner, new))
    changed = (
        select(*(column.label(f"old_{column.name}") for column in OLD.c), *(NEW.c[name] for name in _SHOWN))
        .select_from(pairs)
        .where(old, OLD.c.digest != NEW.c.digest)
        .order_by(*_by_name(NEW))
        .limit(limit)
    )
    found = [Change("removed", row["name"], _told(row), "") for row in session.execute(removed).mappings()]
    for row in session.execute(changed).mappings():
        before = {name: row[f"old_{name}"] for name in _SHOWN}
        found.append(Change("changed", row["name"], _told(before), _told(row)))
    found += [Change("added", row["name"], "", _told(row)) for row in session.execute(added).mappings()]
    return found


def _by_name(table: Any) -> tuple[Any, Any]:
    return func.lower(table.c.name), table.c.identity


_SHOWN = ("name", "licence", "status", "city", "phones", "details", "expires")


def _told(row: Any) -> str:
    parts = [row["name"], row["licence"], row["status"], row["city"], " ".join(row["phones"]), row["details"]]
    return ", ".join(part for part in parts if part)
