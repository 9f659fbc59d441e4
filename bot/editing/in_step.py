"""Which translations are behind: what was changed in one language since the others were made.

The texts themselves are compared with those last seen, so that it makes no difference whether somebody published a
revision or edited the files in git.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.editing.translation_tables import TranslationMark
from bot.editing.units import FileTexts, Unit
from bot.storage.database import Database

MAX_KEY = 200
Marks = dict[tuple[str, str], dict[str, "Mark"]]
"""By path and key of the unit, then by language."""


@dataclass(frozen=True)
class Mark:
    """A text, and the languages it is behind, each with its text as of when the two were in step."""

    text: str
    behind: Mapping[str, str] = field(default_factory=dict)


def step(before: Mapping[str, Mark], texts: Mapping[str, str]) -> dict[str, Mark]:
    """The marks after the texts became `texts`.

    What is changed together is in step. A change marks the other languages, unless the changed text was behind itself:
    then it has caught up. A language that goes back to its former text takes its marks back.
    """
    changed = {code for code, text in texts.items() if code in before and before[code].text != text}
    news = {code for code in changed if not before[code].behind}
    after: dict[str, Mark] = {}
    for code, text in texts.items():
        if code in changed or code not in before:
            after[code] = Mark(text)
            continue
        behind = {**{other: before[other].text for other in news}, **before[code].behind}
        after[code] = Mark(text, {other: old for other, old in behind.items() if texts.get(other, old) != old})
    return after


def observe(database: Database, files: Iterable[FileTexts], now: dt.datetime) -> Marks:
    """Compare all texts with those last seen, remember them, and return the marks."""
    units = [unit for file in files for unit in file.units]
    try:
        return _observe(database, units, now)
    except IntegrityError:  # another process has just written down the same
        return _observe(database, units, now)


def _observe(database: Database, units: list[Unit], now: dt.datetime) -> Marks:
    with database.transaction() as session:
        rows: dict[tuple[str, str], dict[str, TranslationMark]] = {}
        for row in session.scalars(select(TranslationMark)):
            rows.setdefault((row.path, row.key), {})[row.language] = row
        marks: Marks = {}
        for unit in units:
            place = (unit.path, unit.key[:MAX_KEY])
            known = rows.pop(place, {})
            marks[place] = step({code: Mark(row.text, row.behind) for code, row in known.items()}, unit.texts)
            _store(session, place, known, marks[place], now)
        for gone in rows.values():
            for row in gone.values():
                session.delete(row)
    return marks


def _store(
    session: Session,
    place: tuple[str, str],
    known: Mapping[str, TranslationMark],
    marks: Mapping[str, Mark],
    now: dt.datetime,
) -> None:
    for code, mark in marks.items():
        row = known.get(code)
        if row is None:
            session.add(
                TranslationMark(
                    path=place[0], key=place[1], language=code, text=mark.text, behind=dict(mark.behind), seen_at=now
                )
            )
        elif (row.text, row.behind) != (mark.text, dict(mark.behind)):
            row.text, row.behind, row.seen_at = mark.text, dict(mark.behind), now
    for code in known.keys() - marks.keys():
        session.delete(known[code])


def confirm(session: Session, path: str, language: str, key: str | None = None) -> bool:
    """Take the marks of `language` back in `path`, or those of one `key`: somebody found the text still right.

    Returns:
        Whether there was such a text.
    """
    query = select(TranslationMark).where(TranslationMark.path == path, TranslationMark.language == language)
    rows = session.scalars(query if key is None else query.where(TranslationMark.key == key[:MAX_KEY])).all()
    for row in rows:
        row.behind = {}
    return bool(rows)


def behind_in(session: Session, path: str) -> dict[str, list[str]]:
    """Which languages of `path` are behind, each with those that were changed since, as of the last look."""
    query = select(TranslationMark).where(TranslationMark.path == path).order_by(TranslationMark.language)
    found: dict[str, set[str]] = {}
    for row in session.scalars(query):
        if row.behind:
            found.setdefault(row.language, set()).update(row.behind)
    return {code: sorted(others) for code, others in found.items()}
