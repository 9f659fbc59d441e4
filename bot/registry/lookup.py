"""Looking a recruiter up: exact keys in the database, similar names in the index, and the verdict on both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.registry import names, stored
from bot.registry.in_force import SIMILAR_AT_ALL, ListsInForce, is_called
from bot.registry.mentions import Mentions
from bot.registry.query import Part, Query
from bot.registry.several import firms_named, whole_names
from bot.registry.source import Source, Status
from bot.registry.tables import KeyKind
from bot.registry.verdict import BAD, SURELY_SAME, Hit, How, Ruling, Verdict, decide, prefer
from bot.storage.database import Database

CHOSEN = "entry:"
"""Before an entry's number: a choice that was offered, instead of a name."""
SIMILAR_LIMIT, FEW = 24, 3
SHORT_QUERY = 6
LESS_LIKELY = 0.93
LONG_NAME = 15
"""Letters from which on a whole message that is one slip from a name is that name, cue words or not."""


class Registry(Mentions):
    """All lists in force, ready to be asked. Safe to use from several threads.

    Args:
        database: where the lists are; without their tables, every list is missing.
        content_dir: where the sources are described.
    """

    def __init__(self, database: Database, content_dir: Path) -> None:
        super().__init__(ListsInForce(database, content_dir))

    @property
    def sources(self) -> Mapping[str, Source]:
        """All sources that are described, by their ids, imported or not."""
        return self._lists.sources

    def refresh(self) -> None:
        """Read the lists anew when an import has changed them; looks at most every few seconds."""
        self._lists.refresh()

    def check(self, text: str, today: dt.date, country: str | None = None) -> Verdict:
        """The verdict on whoever `text` names, in a sentence or alone.

        Args:
            country: ISO code; its lists come first, but a firm that another country struck off is never hidden.
        """
        self._lists.refresh()
        sources = {id: s for id, s in self._lists.sources.items() if id in self._lists.published}
        query = Query(text, "") if text.startswith(CHOSEN) else self.read(text)
        with self._lists.database.reading() as session:
            hits = list(self._hits(session, text, query, sources, today)) if sources else []
            parts = whole_names(self._lists, session, query.parts)
            firms = firms_named(self._lists, session, query, parts)
        consulted = tuple((source, self._lists.published[id]) for id, source in sources.items())
        several = Verdict(Ruling.SEVERAL, query.text, consulted=consulted, country=country, named=firms)
        struck = self._lists.struck.within(text) if parts else {}
        if struck and (told := self._struck_among(struck, several, parts, today)):
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
        self, struck: Mapping[str, list[int]], several: Verdict, parts: Sequence[Part], today: dt.date
    ) -> Verdict | None:
        """The first firm of several that the lists speak against, told at once; the others are to be asked for."""
        cues = self._lists.cues
        asked = [part.name for part in parts if part.is_asked and cues.looks_like_a_name(part.name)]
        others = list(dict.fromkeys((*several.named, *asked)))
        others = [part for part in others if not any(_holds(key, names.parse(part).key) for key in struck)]
        for id in (id for ids in struck.values() for id in ids):
            verdict = self.check(f"{CHOSEN}{id}", today, several.country)
            if verdict.ruling.value in BAD and (others or several.named):
                return replace(verdict, query=several.query, named=tuple(others))
        return None

    def _hits(
        self, session: Session, text: str, query: Query, sources: Mapping[str, Source], today: dt.date
    ) -> Iterable[Hit]:
        whole, inside = names.parse(query.text), {id for ids in self._lists.struck.within(text).values() for id in ids}
        if text.startswith(CHOSEN):
            chosen = int(text.removeprefix(CHOSEN)) if text.removeprefix(CHOSEN).isdecimal() else -1
            query, whole, inside = Query("", stored.name_of(session, chosen)), names.parse(""), set()
        told = {name.key: name for name in (whole, *map(names.parse, query.told)) if name.key}
        exact = self._exact(session, query, sources, list(told), inside)
        if text.startswith(CHOSEN):
            exact[chosen] = How.CHOSEN
        similar = self._similar(query, whole, sources, is_found=bool(exact))
        is_unknown = bool(query.licence) and How.LICENCE not in exact.values()
        for row in stored.rows(session, [*exact, *similar]):
            source = sources.get(row["source"])
            if source is None:
                continue
            how = exact.get(row["id"], How.SIMILAR)
            if how is How.NAME and not is_called(row, told, source.country) and not self._warns(row, inside, today):
                how = How.SIMILAR
            if (
                how is How.NAME
                and is_unknown
                and Status(row["status"]) not in BAD
                and not is_called(row, {whole.key: whole}, source.country)
            ):
                how = How.SIMILAR  # a number that no list has may be a word of the name: "No 1 Travels"
            score = 1.0 if how is not How.SIMILAR else min(similar.get(row["id"], 0.0), 0.99)
            yield self._hit(row, source, how, score).status_on(today, row["expires"])

    def _exact(
        self, session: Session, query: Query, sources: Mapping[str, Source], told: list[str], inside: Iterable[int]
    ) -> dict[int, How]:
        """The entries of the phone number, of the licence number or of a name told, and those struck off inside."""
        phones = stored.phone_values(query.phone, sources.values())
        found = {
            How.PHONE: stored.by_keys(session, KeyKind.PHONE, phones),
            How.LICENCE: stored.by_licence(session, query, sources),
            How.NAME: [*stored.by_keys(session, KeyKind.NAME, told), *inside],
        }
        exact: dict[int, How] = {}
        for how, ids in found.items():
            for id in ids:
                exact.setdefault(id, how)
        return exact

    def _similar(
        self, query: Query, whole: names.Name, sources: Mapping[str, Source], is_found: bool
    ) -> dict[int, float]:
        """The entries with a name like any part of the message, with their scores.

        Args:
            whole: the message as a name.
            is_found: whether something is found exactly.
        """
        asked = names.parse(query.name)
        listed = [part.name for part in query.parts if self._lists.holds(names.parse(part.name).key)]
        sides = [names.parse(name) for name in (*names.all_names(query.name), query.heart, *listed)]
        # what is alike may be looked for in any part of the message; the same is only what is surely the whole name
        misspelt = map(names.parse_form_misspelt, {query.text, query.name})
        spellings = {name.key: name for name in (whole, asked, *sides, *misspelt) if name and name.key}
        struck_off = self._lists.struck
        similar = {id: SURELY_SAME for name in spellings.values() for id in struck_off.of_full_heart(name.words)}
        if len(whole.key) >= LONG_NAME:
            similar |= self._lists.one_slip_away(whole.key)
        for name in [] if is_found else map(names.parse, names.with_clear_forms(query.text)):
            # misspelt in a sentence, up to its legal form
            struck = self._lists.similar(name.spelled, FEW, self._lists.struck_in)
            similar |= {id: score for id, score in struck if score > similar.get(id, SIMILAR_AT_ALL)}
        for name in spellings.values():
            # a short message may be a name, cue words and all; what it is not likely to be counts a little less
            if name != asked and name == whole and query.is_question and len(name.words) > SHORT_QUERY:
                continue
            trust = 1.0 if name == (asked if query.is_question else whole) else LESS_LIKELY
            for id, score in self._lists.similar(name.spelled, SIMILAR_LIMIT, sources):
                similar[id] = max(score * trust, similar.get(id, 0.0))
        return similar

    def _warns(self, row: Mapping[str, Any], inside: set[int], today: dt.date) -> bool:
        """Whether the entry's name stands in the message and its word is a bad one."""
        ran_out = row["expires"] is not None and row["expires"] < today
        return row["id"] in inside and (Status(row["status"]) in BAD or ran_out)

    def _hit(self, row: Mapping[str, Any], source: Source, how: How, score: float) -> Hit:
        listed = row["until_id"] is None
        as_of = row["as_of"] or (self._lists.published.get(source.id) if listed else row["since_published"])
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
