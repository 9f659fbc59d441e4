"""The lists in force, held in memory: their names, what is nearly one of them, and who was struck off."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from sqlalchemy import and_, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from bot.registry import names, stored
from bot.registry.index import NameIndex
from bot.registry.query import Cues, load_cues
from bot.registry.slips import SHORTEST, SlipIndex
from bot.registry.source import Kind, Source, Status, load_sources
from bot.registry.struck import StruckName, StruckNames
from bot.registry.tables import KeyKind, RegistryEntry, RegistryKey, Snapshot, SnapshotState
from bot.registry.verdict import BAD
from bot.storage.database import Database
from bot.storage.prepared import prepared

SHORTEST_OTHER_NAME = 4
SHORTEST_FIRM = 5
"""Letters of a name from which on it is a firm's wherever it stands."""
ONE_SLIP = 0.9
"""The least score of a name one slip away: told as alike whatever its length."""
SIMILAR_AT_ALL = 0.8
SHORT_NAME, SHORT_ACRONYM = 5, 3
NEARLY_SAME = 90
"""From which `fuzz.ratio` on, fillers and all, two names of a short heart are alike."""
LOOK_AGAIN_S = 5.0
PATIENCE_S = 0.2
"""How long a question waits for lists that have changed: long ones take seconds, and those of before answer it."""

_entries, _keys = RegistryEntry.__table__, RegistryKey.__table__
_current = and_(_entries.c.staged.is_(False), _entries.c.until_id.is_(None))


class _Lists:
    """What the lists said when they were read.

    Args:
        published: each list's day, by the list's id.
        rows: of each name the entry's id, its list, the words, the status and the last day.
        is_ordinary: whether a word is one of a question, or a place.
    """

    def __init__(
        self,
        stamp: tuple[object, ...] | None,
        published: Mapping[str, dt.date | None],
        rows: Sequence[Any],
        is_ordinary: Callable[[str], bool],
    ) -> None:
        self.stamp, self.published, self.order = stamp, published, list(published)
        place = {id: n for n, id in enumerate(published)}
        self.entry_ids = np.array([row[0] for row in rows], dtype=np.int64)
        self.source_of = np.array([place[row[1]] for row in rows], dtype=np.int64)
        self.index = NameIndex([row[2] for row in rows])
        self.slips = SlipIndex([row[2].replace(" ", "") for row in rows])
        struck = [row for row in rows if Status(row[3]) in BAD or row[4] is not None]
        self.struck_in = frozenset(row[1] for row in struck)
        self.struck = StruckNames(
            [StruckName(row[0], tuple(row[2].split())) for row in struck], (row[2] for row in rows), is_ordinary
        )


class ListsInForce:
    """What the lists in force say, ready to be asked. Safe to use from several threads.

    Args:
        database: where the lists are; without their tables, every list is missing.
        content_dir: where the sources and the cue words are described.
    """

    def __init__(self, database: Database, content_dir: Path) -> None:
        self.database, self._content_dir = database, content_dir
        self.sources: Mapping[str, Source] = load_sources(content_dir)
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._known = _Lists(None, {}, [], str.isdigit)
        self._coming: Future[_Lists] | None = None

    @property
    def cues(self) -> Cues:
        """The words of questions about recruiters."""
        return load_cues(self._content_dir)

    @property
    def published(self) -> Mapping[str, dt.date | None]:
        """Each list's day."""
        return self._known.published

    @property
    def slips(self) -> SlipIndex:
        """Finds the positions of names one slip away."""
        return self._known.slips

    @property
    def struck(self) -> StruckNames:
        """Finds the names of those struck off."""
        return self._known.struck

    @property
    def struck_in(self) -> frozenset[str]:
        """The lists that hold some who are struck off."""
        return self._known.struck_in

    def refresh(self) -> None:
        """Read the lists anew when an import has changed them; looks at most every few seconds.

        Only the first reading is waited for to its end: a call for help must not wait for an import.
        """
        with self._lock:
            patience: float | None = 0.0
            if self._coming is None:
                if time.monotonic() - self._looked < LOOK_AGAIN_S:
                    return
                self._coming = Future()
                threading.Thread(target=self._read, args=(self._coming,), daemon=True).start()
                patience = PATIENCE_S if self._known.stamp is not None else None
            if not wait([self._coming], patience).done:
                return
            coming, self._coming, self._looked = self._coming, None, time.monotonic()
            try:
                self._known = coming.result()
            except (OperationalError, ProgrammingError):
                # the tables are not there yet, or the database is away: what is known stays in use
                if self._known.stamp is None:
                    self._looked = float("-inf")  # nothing is known: the next question looks again

    def agencies(self) -> dict[str, Source]:
        """The lists in force that are none of employers."""
        return {id: self.sources[id] for id in self._known.order if self.sources[id].kind is not Kind.EMPLOYERS}

    def entry_at(self, position: int) -> tuple[int, str]:
        """The entry and the list of a name that `slips` found."""
        return int(self._known.entry_ids[position]), self._known.order[self._known.source_of[position]]

    def similar(self, spelled: str, limit: int, sources: Iterable[str] | None = None) -> list[tuple[int, float]]:
        """Entries with the closest names as (entry id, score), best first; an entry is told once."""
        known, allowed = self._known, None
        if sources is not None and set(sources) != set(known.order):
            wanted = set(sources)
            mask = np.array([id in wanted for id in known.order], dtype=np.float32)
            allowed = mask[known.source_of] if len(known.source_of) else None
        found = [pair for pair in known.index.search(spelled, limit * 2, allowed) if self._is_alike(spelled, *pair)]
        found += [pair for pair in self._slipped(spelled.replace(" ", "")) if allowed is None or allowed[pair[0]]]
        best: dict[int, float] = {}
        for position, score in sorted(found, key=lambda pair: -pair[1]):
            best.setdefault(int(known.entry_ids[position]), score)
        return list(best.items())[:limit]

    def holds(self, key: str) -> bool:
        """Whether `key` is that of a listed name; no for those of a few letters."""
        return len(key) >= SHORTEST and self.slips.may_hold(key)

    def one_slip_away(self, key: str) -> dict[int, float]:
        """The entries of names one slip from `key`, with their scores."""
        return {int(self._known.entry_ids[at]): score for at, score in self._slipped(key)}

    def _slipped(self, key: str) -> list[tuple[int, float]]:
        """The positions of names one slip from `key`, with the score: the longer a name, the less a slip says."""
        return [(at, max(ONE_SLIP, 1 - 1 / len(key))) for at in self.slips.search(key)]

    def _is_alike(self, spelled: str, position: int, score: float) -> bool:
        """Whether a find may be told: a very short name sounds like much that is no name at all."""
        asked, name = ("".join(names.core(words.split())) for words in (spelled, self._known.index.spelled(position)))
        if asked == name or len(asked) > SHORT_NAME or score < SIMILAR_AT_ALL:
            return True
        if len(spelled.split()) > 1 and fuzz.ratio(spelled, self._known.index.spelled(position)) >= NEARLY_SAME:
            return True
        if min(len(asked), len(name)) <= SHORT_ACRONYM or max(len(asked), len(name)) < SHORT_NAME:
            return False
        return asked[0] == name[0] and OSA.distance(asked, name, score_cutoff=1) <= 1

    def _read(self, read: Future[_Lists]) -> None:
        try:
            read.set_result(self._changed() or self._known)
        except Exception as error:  # raised again for whoever waits
            read.set_exception(error)

    def _changed(self) -> _Lists | None:
        """The lists as the database has them; None when they are those that are known."""
        with self.database.reading() as session:  # waits for no writer
            stamp = stored.lists_in_force(session)
            if stamp == self._known.stamp:
                return None
            in_force = select(Snapshot).where(Snapshot.state == SnapshotState.IN_FORCE.value)
            snapshots = session.execute(in_force).scalars()
            words = [*map(str.encode, sorted(self.cues.words))]
            published = {one.source: one.published for one in snapshots if one.source in self.sources}
            return prepared(
                "lists",
                # asked again when all is read: with PostgreSQL an import may come into force meanwhile
                lambda: [repr((stored.lists_in_force(session), sorted(published))).encode(), *words],
                lambda: self._made(session, stamp, published),
            )

    def _made(self, session: Session, stamp: tuple[object, ...], published: Mapping[str, dt.date | None]) -> _Lists:
        query = (
            select(_keys.c.entry_id, _entries.c.source, _keys.c.spelled, _entries.c.status, _entries.c.expires)
            .select_from(_keys.join(_entries, _keys.c.entry_id == _entries.c.id))
            .where(_keys.c.kind == KeyKind.NAME.value, _current, _entries.c.source.in_(published))
        )
        return _Lists(stamp, published, session.execute(query).all(), self.cues.knows)


def is_called(row: Mapping[str, Any], spellings: Mapping[str, names.Name], home: str) -> bool:
    """Whether one of the entry's names is one of the spellings, which are given by key.

    Legal forms and the country must agree; a trading name must not be given a form that it has not, nor be too short to
    mean one firm.

    Args:
        home: ISO code of the list's country.
    """
    listed = names.parse(row["name"])
    asked = spellings.get(listed.key)
    if asked and listed.forms_agree(asked) and listed.country_agrees(asked, home):
        return True
    others = [(name, spellings.get(name.key)) for name in map(names.parse, row["other_names"])]
    return any(
        len(name.key) >= SHORTEST_OTHER_NAME
        and asked is not None
        and asked.forms <= name.forms
        and name.country_agrees(asked, home)
        for name, asked in others
    )
