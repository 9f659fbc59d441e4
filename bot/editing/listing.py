"""The content as a list: what there is, in which languages, how old, how often asked, and what is on its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from sqlalchemy.orm import Session

from bot.editing.exporting import conflicts
from bot.editing.overlay import published
from bot.editing.tables import Revision
from bot.editing.usage import Usage, usage
from bot.editing.workflow import open_revisions
from bot.knowledge import countries
from bot.knowledge.knowledge import Knowledge


class Shelf(str, Enum):
    """The kinds of content that editors keep."""

    TOPICS = "topics"
    COUNTRIES = "countries"
    CENTRES = "centres"
    REPLIES = "replies"


FOLDERS = {Shelf.TOPICS: "faq/", Shelf.COUNTRIES: "countries/", Shelf.CENTRES: "centres/", Shelf.REPLIES: "responses/"}


@dataclass(frozen=True)
class Entry:
    """One file of content/. `languages` tells for each whether it is "reviewed", "drafted", "complete" or "missing"."""

    path: str
    id: str
    title: str
    group: str = ""
    languages: Mapping[str, str] = field(default_factory=dict)
    review_by: dt.date | None = None
    reviewed_on: dt.date | None = None
    is_stale: bool = False
    statements: int = 1
    usage: Usage | None = None
    on_its_way: Sequence[Revision] = ()
    is_overlaid: bool = False
    is_in_conflict: bool = False

    @property
    def is_drafted(self) -> bool:
        """Whether a language was not yet reviewed by a native reader."""
        return "drafted" in self.languages.values() or "missing" in self.languages.values()


def listing(
    session: Session, knowledge: Knowledge, root: Path, shelf: Shelf, language: str, today: dt.date
) -> list[Entry]:
    """The entries of `shelf`, titled in `language`, by group and title."""
    revisions = published(session)
    laid, broken = {r.path for r in revisions}, {r.path for r in conflicts(revisions, root)}
    on_its_way: dict[str, list[Revision]] = {}
    for revision in open_revisions(session):
        on_its_way.setdefault(revision.path, []).append(revision)
    asked = usage(session) if shelf is Shelf.TOPICS else {}
    entries = _MAKERS[shelf](knowledge, language, today)
    known = {entry.path for entry in entries}
    new = [path for path in on_its_way if path.startswith(FOLDERS[shelf]) and path not in known]
    entries += [Entry(path, Path(path).stem, Path(path).stem) for path in new]
    full = (
        replace(
            entry,
            usage=asked.get(entry.id),
            on_its_way=on_its_way.get(entry.path, []),
            is_overlaid=entry.path in laid,
            is_in_conflict=entry.path in broken,
        )
        for entry in entries
    )
    return sorted(full, key=lambda entry: (entry.group, entry.title.casefold()))


def _topics(knowledge: Knowledge, language: str, today: dt.date) -> list[Entry]:
    return [
        Entry(
            f"faq/{topic.group}/{id}.yml",
            id,
            topic.languages[language].title if language in topic.languages else id,
            topic.group,
            {
                code: topic.languages[code].translation if code in topic.languages else "missing"
                for code in knowledge.languages
            },
            topic.review_by,
            topic.reviewed_on,
            topic.is_stale(today),
        )
        for id, topic in knowledge.topics.items()
    ]


def _countries(knowledge: Knowledge, language: str, today: dt.date) -> list[Entry]:
    return [
        Entry(
            f"countries/{id}.yml",
            id,
            countries.name(id, language),
            "",
            {
                code: "complete" if all(code in fact.text for fact in country.facts if fact.text) else "missing"
                for code in knowledge.languages
            },
            country.review_by,
            country.reviewed_on,
            country.review_by < today,
            len(country.facts),
        )
        for id, country in knowledge.countries.items()
    ]


def _centres(knowledge: Knowledge, language: str, today: dt.date) -> list[Entry]:
    return [
        Entry(
            f"centres/{id}.yml",
            id,
            countries.name(id, language),
            "",
            {},
            known.review_by,
            known.reviewed_on,
            known.review_by < today,
            len(known.centres),
        )
        for id, known in knowledge.centres.items()
    ]


def _replies(knowledge: Knowledge, language: str, today: dt.date) -> list[Entry]:
    by_file: dict[Path, list[str]] = {}
    for id in knowledge.responses:
        by_file.setdefault(knowledge.files[id], []).append(id)
    return [
        Entry(
            f"responses/{file.name}",
            file.stem,
            file.stem,
            "",
            {
                code: "complete" if all(code in knowledge.responses[id].languages for id in ids) else "missing"
                for code in knowledge.languages
            },
            statements=len(ids),
        )
        for file, ids in by_file.items()
    ]


_MAKERS: dict[Shelf, Callable[[Knowledge, str, dt.date], list[Entry]]] = {
    Shelf.TOPICS: _topics,
    Shelf.COUNTRIES: _countries,
    Shelf.CENTRES: _centres,
    Shelf.REPLIES: _replies,
}
