"""Looking a recruiter up: exact keys in the database, similar names in the index, and the verdict on both."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
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
from bot.registry.query import Query, load_cues
from bot.registry.slips import SlipIndex
from bot.registry.source import Kind, Source, Status, load_sources
from bot.registry.struck import StruckName, StruckNames
from bot.registry.tables import KeyKind, RegistryEntry, RegistryKey, Snapshot, SnapshotState
from bot.registry.verdict import BAD, SURELY_SAME, Hit, How, Ruling, Verdict, decide, prefer
from bot.storage.database import Database

CHOSEN = "entry:"
"""Before an entry's number: a choice that was offered, instead of a name."""
SIMILAR_LIMIT, FEW = 24, 3
SHORTEST_FIRM = 5
ONE_FIRM = 0.85
"""From this likeness on to one listed name, "Khan and Sons" is one firm."""
SHORTEST_MISSPELT, SHORTEST_STRUCK, SHORTEST_NUMBER = 10, 6, 4
"""Letters of a name, of a struck-off one, and digits of a number, from which on each is looked up unasked."""
SHORT_QUERY = 6
SHORTEST_OTHER_NAME = 4
LESS_LIKELY = 0.93
ONE_SLIP = 0.9
"""The least score of a name one slip away: told as alike whatever its length."""
LONG_NAME = 15
"""Letters from which on a whole message that is one slip from a name is that name, cue words or not."""
SIMILAR_AT_ALL = 0.8
SHORT_NAME, SHORT_ACRONYM = 5, 3
NEARLY_SAME = 90
"""From which `fuzz.ratio` on, fillers and all, two names of a short heart are alike."""
LOOK_AGAIN_S = 5.0

_entries, _keys = RegistryEntry.__table__, RegistryKey.__table__
_current = and_(_entries.c.staged.is_(False), _entries.c.until_id.is_(None))


class Registry:
    """All lists in force, ready to be asked. Safe to use from several threads.

    Args:
        database: where the lists are; without their tables, every list is missing.
        content_dir: where the sources are described.
    """

    def __init__(self, database: Database, content_dir: Path) -> None:
        self._database, self._content_dir = database, content_dir
        self.sources: Mapping[str, Source] = load_sources(content_dir)
        self._lock = threading.Lock()
        self._stamp: tuple[object, ...] | None = None
        self._looked = float("-inf")
        self._index, self._slips = NameIndex([]), SlipIndex([])
        self._struck, self._struck_in = StruckNames([], [], str.isdigit), frozenset[str]()
        self._entry_ids = self._source_of = np.zeros(0, np.int64)
        self._order: list[str] = []
        self.published: dict[str, dt.date | None] = {}

    def refresh(self) -> None:
        """Read the lists anew when an import has changed them; looks at most every few seconds."""
        with self._lock:
            if time.monotonic() - self._looked < LOOK_AGAIN_S:
                return
            try:
                with self._database.reading() as session:  # waits for no writer
                    stamp = stored.lists_in_force(session)
                    if stamp != self._stamp:
                        self._load(session)
                        self._stamp = stamp
            except (OperationalError, ProgrammingError):
                # the tables are not there yet, or the database is away: what is known stays in use
                if self._stamp is None:
                    return  # nothing is known: the next question looks again
            self._looked = time.monotonic()

    def read(self, text: str) -> Query:
        """The name and numbers in a message."""
        return load_cues(self._content_dir).read(text)

    def looks_like_a_name(self, text: str) -> bool:
        """Whether words that the lists may not know seem to name somebody."""
        return load_cues(self._content_dir).looks_like_a_name(text)

    def check(self, text: str, today: dt.date, country: str | None = None) -> Verdict:
        """The verdict on whoever `text` names, in a sentence or alone.

        Args:
            country: ISO code; its lists come first, but a firm that another country struck off is never hidden.
        """
        self.refresh()
        sources = {id: s for id, s in self.sources.items() if id in self.published}
        query = Query(text, "") if text.startswith(CHOSEN) else self.read(text)
        with self._database.reading() as session:
            hits = list(self._hits(session, text, query, sources, today)) if sources else []
            firms = self._firms_named(session, query) if sources else ()
        consulted = tuple((source, self.published[id]) for id, source in sources.items())
        several = Verdict(Ruling.SEVERAL, query.text, consulted=consulted, country=country, named=firms)
        struck = self._struck.within(text) if query.parts and not text.startswith(CHOSEN) else {}
        if struck and (told := self._struck_among(struck, several, query.parts, today)):
            return told
        if firms:
            return several
        named = query.name if query.licence or query.phone else ""
        named = "" if query.licence == query.name else named
        asked = query.name or query.licence or query.phone or query.text
        everywhere = decide(asked, hits, today, named, consulted)
        if country is None:
            return everywhere
        near = tuple(pair for pair in consulted if pair[0].country == country)
        there = [hit for hit in hits if hit.source.country == country]
        return prefer(decide(asked, there, today, named, near, country), everywhere, hits)

    def _struck_among(
        self, struck: Mapping[str, list[int]], several: Verdict, parts: tuple[str, ...], today: dt.date
    ) -> Verdict | None:
        """The first firm of several that the lists speak against, told at once; the others are to be asked for."""
        cues = load_cues(self._content_dir)
        others = [part for part in parts if part in several.named or cues.looks_like_a_name(part)]
        others = [part for part in others if not any(_holds(key, names.parse(part).key) for key in struck)]
        for id in (id for ids in struck.values() for id in ids):
            verdict = self.check(f"{CHOSEN}{id}", today, several.country)
            if verdict.ruling.value in BAD and (others or several.named):
                return replace(verdict, query=several.query, named=tuple(others))
        return None

    def names_struck_off(self, text: str) -> bool:
        """Whether the whole name of a struck-off recruiter stands anywhere in a message."""
        self.refresh()
        return bool(self._struck.within(text))

    def is_only_a_name(self, text: str, employers: bool = True) -> bool:
        """Whether a message is a listed name and nothing else.

        Args:
            employers: whether the lists of employers count.
        """
        self.refresh()
        name = names.parse(text)
        if len(name.key) < SHORTEST_FIRM or not self._slips.may_hold(name.key):
            return False
        with self._database.reading() as session:
            rows = stored.rows(session, stored.by_keys(session, KeyKind.NAME, [name.key]))
        lists = {id for id in self.published if employers or self.sources[id].kind is not Kind.EMPLOYERS}
        current = [row for row in rows if row["source"] in lists and row["until_id"] is None]
        return any(_is_the_name(row, {name.key: name}) for row in current)

    def is_named_in_full(self, text: str) -> bool:
        """Whether a message names an agency of the lists, letter by letter, alone or in a question about it.

        Also wherever it stands with its legal form, and an employer named so and nothing beside.
        """
        if self.names_struck_off(text):
            return True
        query = self.read(text)
        name = names.parse(query.text)
        if len(names.core(name.words)) < len(name.words) and self._of_heart(name):
            return True  # "First Choice Consultancy", where "First Choice Recruitment" was struck off
        if names.has_clear_form(query.text) and self.is_only_a_name(query.text):
            return True
        told = {names.parse(name).key: names.parse(name) for name in (query.text, *query.told)}
        with_forms = {name.key: name for name in map(names.parse, names.with_clear_forms(query.text))}
        told |= {key: name for key, name in with_forms.items() if len(key) >= SHORTEST_FIRM and key not in told}
        whole = names.parse(query.text).key
        wanted = [key for key, name in told.items() if key and (key != whole or len(name.words) > 1)]
        agencies = {id for id in self.published if self.sources[id].kind is not Kind.EMPLOYERS}
        if not agencies or not any(map(self._slips.may_hold, wanted)):
            return False
        with self._database.reading() as session:
            rows = stored.rows(session, stored.by_keys(session, KeyKind.NAME, wanted))
        return any(row["source"] in agencies and row["until_id"] is None and _is_the_name(row, told) for row in rows)

    def is_alone_and_nearly_listed(self, text: str) -> bool:
        """Whether a message is nothing but an agency's name with one slip, or a licence or phone number of a list."""
        self.refresh()
        query, name = self.read(text), names.parse(text)
        # employers' lists are so long that many an ordinary message is a slip from one of their names
        agencies = {id: self.sources[id] for id in self._order if self.sources[id].kind is not Kind.EMPLOYERS}
        near = self._slips.search(name.key) if len(name.key) >= SHORTEST_STRUCK else []
        found = [at for at in near if self._order[self._source_of[at]] in agencies]
        if len(name.words) > 1 and len(name.key) >= SHORTEST_MISSPELT and found:
            return True
        if any(int(self._entry_ids[at]) in self._struck.entries for at in found) or (
            len(name.key) >= SHORTEST_STRUCK and self._struck.of_heart(name.words)
        ):
            return True
        if query.name not in ("", query.licence) or sum(map(str.isdigit, query.text)) < SHORTEST_NUMBER:
            return False
        with self._database.reading() as session:
            phones = stored.phone_values(query.phone, agencies.values())
            return bool(stored.by_licence(session, query, agencies) or stored.by_keys(session, KeyKind.PHONE, phones))

    def _firms_named(self, session: Session, query: Query) -> tuple[str, ...]:
        """The names of a message that surely names several firms; empty for one, also when its name holds an "and"."""
        if not query.parts or query.text.startswith(CHOSEN):
            return ()
        cues = load_cues(self._content_dir)
        surely = [self._is_surely_listed(session, part) for part in query.parts]
        if sum(surely) < 2 and self._struck.within(query.text):
            return ()  # a struck-off name that may hold the "and"
        asks = (query.is_question and "," not in query.text) or cues.holds_only_names(query.text)
        beside = [asks and cues.looks_like_a_name(part) for part in query.parts]
        firms = tuple(p for p, sure, alike in zip(query.parts, surely, beside, strict=True) if sure or alike)
        if not any(surely) or len(firms) < 2:
            return ()
        joined = names.parse(" and ".join(firms))
        one = stored.by_keys(session, KeyKind.NAME, [joined.key, names.parse(query.text).key])
        one += [id for id, score in self.similar(joined.spelled, 1) if score >= ONE_FIRM]
        return () if one else firms

    def _is_surely_listed(self, session: Session, name: str) -> bool:
        parsed = names.parse(name)
        if len(parsed.key) < SHORTEST_FIRM or names.FILLERS.issuperset(parsed.words):
            return False
        if stored.by_keys(session, KeyKind.NAME, [parsed.key]):
            return True
        return any(score >= SURELY_SAME for _, score in self.similar(parsed.spelled, 1))

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

    def _slipped(self, key: str) -> list[tuple[int, float]]:
        """The positions of names one slip from `key`, with the score: the longer a name, the less a slip says."""
        return [(at, max(ONE_SLIP, 1 - 1 / len(key))) for at in self._slips.search(key)]

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
        self._slips = SlipIndex([row[2].replace(" ", "") for row in rows])
        struck = [row for row in rows if Status(row[3]) in BAD or row[4] is not None]
        self._struck_in = frozenset(row[1] for row in struck)
        self._struck = StruckNames(
            [StruckName(row[0], tuple(row[2].split())) for row in struck],
            (row[2] for row in rows),
            load_cues(self._content_dir).knows,
        )

    def _hits(
        self, session: Session, text: str, query: Query, sources: Mapping[str, Source], today: dt.date
    ) -> Iterable[Hit]:
        exact: dict[int, How] = {}
        if text.startswith(CHOSEN):
            chosen = int(text.removeprefix(CHOSEN)) if text.removeprefix(CHOSEN).isdecimal() else -1
            exact[chosen] = How.CHOSEN
            query = Query(text, stored.name_of(session, chosen))
        asked = names.parse(query.name)
        for id in stored.by_keys(session, KeyKind.PHONE, stored.phone_values(query.phone, sources.values())):
            exact.setdefault(id, How.PHONE)
        for id in stored.by_licence(session, query, sources):
            exact.setdefault(id, How.LICENCE)
        whole = names.parse("" if text.startswith(CHOSEN) else query.text)
        sides = [names.parse(name) for name in (*names.all_names(query.name), query.heart)]
        # what is alike may be looked for in any part of the message; the same is only what is surely the whole name
        misspelt = map(names.parse_form_misspelt, {query.text, query.name})
        spellings = {name.key: name for name in (whole, asked, *sides, *misspelt) if name and name.key}
        told = {name.key: name for name in (whole, *map(names.parse, query.told)) if name.key}
        for id in stored.by_keys(session, KeyKind.NAME, list(told)):
            exact.setdefault(id, How.NAME)
        inside = set() if text.startswith(CHOSEN) else {id for ids in self._struck.within(text).values() for id in ids}
        for id in inside:
            exact.setdefault(id, How.NAME)
        similar = {id: SURELY_SAME for name in spellings.values() for id in self._of_heart(name)}
        if len(whole.key) >= LONG_NAME:
            similar |= {int(self._entry_ids[at]): score for at, score in self._slipped(whole.key)}
        for name in [] if text.startswith(CHOSEN) or exact else map(names.parse, names.with_clear_forms(query.text)):
            # misspelt in a sentence, up to its legal form
            struck = self.similar(name.spelled, FEW, self._struck_in)
            similar |= {id: score for id, score in struck if score > similar.get(id, SIMILAR_AT_ALL)}
        for name in spellings.values():
            # a short message may be a name, cue words and all; what it is not likely to be counts a little less
            if name != asked and name == whole and query.is_question and len(name.words) > SHORT_QUERY:
                continue
            trust = 1.0 if name == (asked if query.is_question else whole) else LESS_LIKELY
            for id, score in self.similar(name.spelled, SIMILAR_LIMIT, sources):
                similar[id] = max(score * trust, similar.get(id, 0.0))
        is_unknown = bool(query.licence) and How.LICENCE not in exact.values()
        rows = stored.rows(session, [*exact, *similar])
        for row in rows:
            source = sources.get(row["source"])
            if source is None:
                continue
            how = exact.get(row["id"], How.SIMILAR)
            if how is How.NAME and not _is_the_name(row, told) and not self._warns(row, inside, today):
                how = How.SIMILAR
            if (
                how is How.NAME
                and is_unknown
                and Status(row["status"]) not in BAD
                and not _is_the_name(row, {whole.key: whole})
            ):
                how = How.SIMILAR  # a number that no list has may be a word of the name: "No 1 Travels"
            score = 1.0 if how is not How.SIMILAR else min(similar.get(row["id"], 0.0), 0.99)
            yield self._hit(row, source, how, score).status_on(today, row["expires"])

    def _of_heart(self, name: names.Name) -> list[int]:
        """Struck-off entries of the same telling words; one such word alone is too little."""
        return self._struck.of_heart(name.words) if len(names.core(name.words)) > 1 else []

    def _warns(self, row: Mapping[str, Any], inside: set[int], today: dt.date) -> bool:
        """Whether the entry's name stands in the message and its word is a bad one."""
        ran_out = row["expires"] is not None and row["expires"] < today
        return row["id"] in inside and (Status(row["status"]) in BAD or ran_out)

    def _hit(self, row: Mapping[str, Any], source: Source, how: How, score: float) -> Hit:
        listed = row["until_id"] is None
        as_of = row["as_of"] or (self.published.get(source.id) if listed else row["since_published"])
        return Hit(
            entry_id=row["id"],
            source=source,
            identity=row["identity"],
            name=row["name"],
            key=names.parse(row["name"]).key,
            licence=row["licence"],
            status=Status(row["status"]),
            as_of=as_of,
            listed=listed,
            city=row["city"],
            score=round(score, 3),
            how=how,
        )


def _holds(one: str, other: str) -> bool:
    """Whether a name's key is a piece of the other's."""
    return one in other or other in one


def _is_the_name(row: Mapping[str, Any], spellings: Mapping[str, names.Name]) -> bool:
    """Whether one of the entry's names is one of the spellings.

    Legal forms must agree; a trading name must not be given one that it has not, nor be too short to mean one firm.
    """
    listed = names.parse(row["name"])
    if listed.key in spellings and listed.forms_agree(spellings[listed.key]):
        return True
    others = [names.parse(name) for name in row["other_names"]]
    return any(
        len(other.key) >= SHORTEST_OTHER_NAME and other.key in spellings and spellings[other.key].forms <= other.forms
        for other in others
    )
