"""The lists in force, held in memory: their names, what is nearly one of them, and who was struck off."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterable, Mapping
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

_entries, _keys = RegistryEntry.__table__, RegistryKey.__table__
_current = and_(_entries.c.staged.is_(False), _entries.c.until_id.is_(None))


class ListsInForce:
    """What the lists in force say, ready to be asked. Safe to use from several threads.

    Args:
        database: where the lists are; without their tables, every list is missing.
        content_dir: where the sources and the cue words are described.

    `struck` finds the names of those struck off, `struck_in` are the lists that hold some, `slips` finds the positions
    of names one slip away, and `published` gives each list's day.
    """

    def __init__(self, database: Database, content_dir: Path) -> None:
        self.database, self._content_dir = database, content_dir
        self.sources: Mapping[str, Source] = load_sources(content_dir)
        self.published: dict[str, dt.date | None] = {}
        self.slips = SlipIndex([])
        self.struck, self.struck_in = StruckNames([], [], str.isdigit), frozenset[str]()
        self._lock = threading.Lock()
        self._stamp: tuple[object, ...] | None = None
        self._looked = float("-inf")
        self._index = NameIndex([])
        self._entry_ids = self._source_of = np.zeros(0, np.int64)
        self._order: list[str] = []

    @property
    def cues(self) -> Cues:
        """The words of questions about recruiters, as they are now."""
        return load_cues(self._content_dir)

    def refresh(self) -> None:
        """Read the lists anew when an import has changed them; looks at most every few seconds."""
        with self._lock:
            if time.monotonic() - self._looked < LOOK_AGAIN_S:
                return
            try:
                with self.database.reading() as session:  # waits for no writer
                    stamp = stored.lists_in_force(session)
                    if stamp != self._stamp:
                        self._load(session)
                        self._stamp = stamp
            except (OperationalError, ProgrammingError):
                # the tables are not there yet, or the database is away: what is known stays in use
                if self._stamp is None:
                    return  # nothing is known: the next question looks again
            self._looked = time.monotonic()

    def agencies(self) -> dict[str, Source]:
        """The lists in force that are none of employers."""
        return {id: self.sources[id] for id in self._order if self.sources[id].kind is not Kind.EMPLOYERS}

    def entry_at(self, position: int) -> tuple[int, str]:
        """The entry and the list of a name that `slips` found."""
        return int(self._entry_ids[position]), self._order[self._source_of[position]]

    def similar(self, spelled: str, limit: int, sources: Iterable[str] | None = None) -> list[tuple[int, float]]:
        """Entries with the closest names as (entry id, score), best first; an entry is told once."""
        allowed = None
        if sources is not None and set(sources) != set(self._order):
            wanted = set(sources)
            mask = np.array([id in wanted for id in self._order], dtype=np.float32)
            allowed = mask[self._source_of] if len(self._source_of) else None
        found = [pair for pair in self._index.search(spelled, limit * 2, allowed) if self._is_alike(spelled, *pair)]
        found += [pair for pair in self._slipped(spelled.replace(" ", "")) if allowed is None or allowed[pair[0]]]
        best: dict[int, float] = {}
        for position, score in sorted(found, key=lambda pair: -pair[1]):
            best.setdefault(int(self._entry_ids[position]), score)
        return list(best.items())[:limit]

    def holds(self, key: str) -> bool:
        """Whether `key` is that of a listed name; no for those of a few letters."""
        return len(key) >= SHORTEST and self.slips.may_hold(key)

    def one_slip_away(self, key: str) -> dict[int, float]:
        """The entries of names one slip from `key`, with their scores."""
        return {int(self._entry_ids[at]): score for at, score in self._slipped(key)}

    def _slipped(self, key: str) -> list[tuple[int, float]]:
        """The positions of names one slip from `key`, with the score: the longer a name, the less a slip says."""
        return [(at, max(ONE_SLIP, 1 - 1 / len(key))) for at in self.slips.search(key)]

    def _is_alike(self, spelled: str, position: int, score: float) -> bool:
        """Whether a find may be told: a very short name sounds like much that is no name at all."""
        asked, name = ("".join(names.core(words.split())) for words in (spelled, self._index.spelled(position)))
        if asked == name or len(asked) > SHORT_NAME or score < SIMILAR_AT_ALL:
            return True
        if len(spelled.split()) > 1 and fuzz.ratio(spelled, self._index.spelled(position)) >= NEARLY_SAME:
            return True
        if min(len(asked), len(name)) <= SHORT_ACRONYM or max(len(asked), len(name)) < SHORT_NAME:
            return False
        return asked[0] == name[0] and OSA.distance(asked, name, score_cutoff=1) <= 1

    def _load(self, session: Session) -> None:
        in_force = select(Snapshot).where(Snapshot.state == SnapshotState.IN_FORCE.value)
        self.published = {
            s.source: s.published for s in session.execute(in_force).scalars() if s.source in self.sources
        }
        self._order = list(self.published)
        place = {id: n for n, id in enumerate(self._order)}
        query = (
            select(_keys.c.entry_id, _entries.c.source, _keys.c.spelled, _entries.c.status, _entries.c.expires)
            .select_from(_keys.join(_entries, _keys.c.entry_id == _entries.c.id))
            .where(_keys.c.kind == KeyKind.NAME.value, _current, _entries.c.source.in_(self._order))
        )
        rows = session.execute(query).all()
        self._entry_ids = np.array([row[0] for row in rows], dtype=np.int64)
        self._source_of = np.array([place[row[1]] for row in rows], dtype=np.int64)
        self._index = NameIndex([row[2] for row in rows])
        self.slips = SlipIndex([row[2].replace(" ", "") for row in rows])
        struck = [row for row in rows if Status(row[3]) in BAD or row[4] is not None]
        self.struck_in = frozenset(row[1] for row in struck)
        self.struck = StruckNames(
            [StruckName(row[0], tuple(row[2].split())) for row in struck],
            (row[2] for row in rows),
            self.cues.knows,
        )


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
