"""From a row of a list to an entry of the registry, or to the reason why it cannot be one."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.registry import dates, names, phones
from bot.registry.readers import FORMULA, Row
from bot.registry.source import Source, Status

MAX_NAME = 300
MAX_LICENCE = 160
MAX_CITY = 200
_FORMULA_START = re.compile(r"^(=|[+\-@][A-Za-z_.]+\(|@SUM|[+\-=@]\w+\|)")
"""What a spreadsheet would run; "@ Home Accommodation Ltd" is a firm."""


@dataclass(frozen=True)
class Entry:
    """One licence as a list states it. `as_of` and `expires` are the row's own dates, where it has some."""

    identity: str
    name: str
    other_names: tuple[str, ...]
    licence: str
    status: Status
    status_words: str
    as_of: dt.date | None
    expires: dt.date | None
    city: str
    phones: tuple[str, ...]
    details: str

    @property
    def digest(self) -> str:
        """Tells whether anything of the entry has changed."""
        parts = (self.name, self.other_names, self.licence, self.status.value, self.as_of, self.expires)
        return _hash(repr((*parts, self.city, self.phones, self.details)))


@dataclass(frozen=True)
class BrokenRow:
    """A row that is reported and not imported."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"row {self.number}: {self.reason}"


def entries(source: Source, rows: Iterable[Row]) -> Iterator[Entry | BrokenRow]:
    """Turn rows into entries. Rows with one identity are told apart by their order."""
    seen: Counter[int] = Counter()
    for row in rows:
        try:
            entry = _entry(source, row)
        except ValueError as error:
            yield BrokenRow(row.number, str(error))
            continue
        key = hash(entry.identity)
        seen[key] += 1
        if seen[key] > 1:
            entry = Entry(**{**entry.__dict__, "identity": _hash(f"{entry.identity}#{seen[key]}")})
        yield entry


def licence_key(source: Source, licence: str) -> str:
    """What two spellings of one licence number share: no prefix, blanks, punctuation or leading zeros."""
    folded = " ".join(re.findall(r"[a-z0-9]+", names.fold(licence)))
    for prefix in sorted(source.licence_prefixes, key=len, reverse=True):
        start = names.fold(prefix)
        rest = folded.removeprefix(start).lstrip()
        if folded.startswith(start) and rest[:1].isdigit():
            folded = rest
    folded = re.sub(r"^(?:no|nr|n|number|numero)\s+(?=\d)", "", folded)
    return folded.replace(" ", "").lstrip("0")


def _entry(source: Source, row: Row) -> Entry:
    if row.problem:
        raise ValueError(row.problem)
    columns = source.columns
    read = {column: row.cells.get(column, "") for column in columns.all()}
    for column, cell in read.items():
        if cell == FORMULA or _FORMULA_START.match(cell):
            raise ValueError(f'"{column}" holds a formula')
    name = read[columns.name]
    if not names.parse(name).key:
        raise ValueError(f'"{columns.name}" is empty')
    if len(name) > MAX_NAME:
        raise ValueError(f'"{columns.name}" has {len(name)} characters, at most {MAX_NAME} are taken')
    licence = read.get(columns.licence or "", "")
    if len(licence) > MAX_LICENCE:
        raise ValueError(f'"{columns.licence}" has {len(licence)} characters, at most {MAX_LICENCE} are taken')
    words, status = _status(source, read)
    city = read.get(columns.city or "", "")[:MAX_CITY]
    return Entry(
        identity=_identity(source, row, licence, name, city),
        name=name,
        other_names=_other_names(source, read, name),
        licence=licence,
        status=status,
        status_words=words,
        as_of=_date(source, columns.as_of, read),
        expires=_date(source, columns.expires, read),
        city=city,
        phones=phones.in_cell(read.get(columns.phones or "", ""), source.country, source.area_code),
        details="; ".join(read[column] for column in columns.details if read[column])[:MAX_NAME],
    )


def _status(source: Source, read: dict[str, str]) -> tuple[str, Status]:
    if source.status is not None:
        return "", source.status
    words = read[source.columns.status or ""]
    known = {_plain(text): status for text, status in source.statuses.items()}
    if _plain(words) not in known:
        raise ValueError(f'status "{words[:60]}" is not among `statuses`')
    return words, known[_plain(words)]


def _plain(text: str) -> str:
    return " ".join(names.fold(text).split())


def _date(source: Source, column: str | None, read: dict[str, str]) -> dt.date | None:
    text = read.get(column or "", "")
    if not text:
        return None
    for format in (*source.date_formats, "%Y-%m-%d"):
        try:
            return dates.parse(text, format, source.language)
        except ValueError:
            continue
    months = f', with months in "{source.language}"' if any(map(dates.names_months, source.date_formats)) else ""
    raise ValueError(f'"{column}": "{text[:40]}" is no date in any of `date_formats`{months}')


def _other_names(source: Source, read: dict[str, str], name: str) -> tuple[str, ...]:
    found = names.all_names(name)[1:] if names.all_names(name)[:1] == [name] else names.all_names(name)
    for alias in source.columns.aliases:
        cell = read[alias.column]
        match = re.search(alias.pattern, cell) if alias.pattern else None
        text = match[1] if match else ("" if alias.pattern else cell)
        found += [other for other in names.all_names(text) if len(other) <= MAX_NAME]
    return tuple(dict.fromkeys(other for other in found if other and other != name))[:8]


def _identity(source: Source, row: Row, licence: str, name: str, city: str) -> str:
    if source.identity:
        parts = [_plain(row.cells.get(column, "")) for column in source.identity]
    elif licence:
        parts = ["licence", licence_key(source, licence)]
    else:
        parts = [names.parse(name).key, _plain(city)]
    return _hash("|".join(parts))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
