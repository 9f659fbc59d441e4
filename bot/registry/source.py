"""What a source is: one official list, described by `content/registries/<id>.yml` (for editors: docs/registries.md)."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import yaml
from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, Extra, Field, ValidationError, validator

from bot.faults import Fault
from bot.knowledge.reading import Document, Problem

MAX_AUTHORITY = 40
MAX_MEANING = 110


class SourceError(Fault):
    """A source is unknown or its description cannot be used; the message says which and why."""


class Kind(str, Enum):
    """What standing on the list means.

    `agencies` may recruit; `struck_off` may not, and absence from it proves nothing; `employers` may sponsor workers,
    which says nothing of agents.
    """

    AGENCIES = "agencies"
    STRUCK_OFF = "struck_off"
    EMPLOYERS = "employers"


class Status(str, Enum):
    """The state of a licence, the one vocabulary into which every list's own words are turned."""

    VALID = "valid"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PENDING = "pending"


class _Model(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class Format(_Model):
    """How the list's file is written. `sheet` and `table` count from 0; `header_row` from 1."""

    type: Literal["csv", "xlsx", "html"]
    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=1)
    sheet: int = Field(0, ge=0)
    table: int = Field(0, ge=0)
    header_row: int = Field(1, ge=1)

    @validator("encoding")
    def _known_encoding(cls, value: str) -> str:
        try:
            return codecs.lookup(value).name
        except LookupError:
            raise ValueError(f'"{value}" is no encoding that Python knows') from None


class Alias(_Model):
    """A column that holds other names. With `pattern`, only what its first group matches is one."""

    column: str
    pattern: str | None = None

    @validator("pattern")
    def _has_one_group(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                groups = re.compile(value).groups
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from None
            if groups != 1:
                raise ValueError(f"{groups} groups, exactly one is needed")
        return value


class Columns(_Model):
    """Which column of the file holds what; `as_of` is a date of the row's own."""

    name: str
    licence: str | None = None
    status: str | None = None
    expires: str | None = None
    as_of: str | None = None
    city: str | None = None
    phones: str | None = None
    aliases: tuple[Alias, ...] = ()
    details: tuple[str, ...] = ()

    def all(self) -> set[str]:
        """Every column that is named."""
        single = (self.name, self.licence, self.status, self.expires, self.as_of, self.city, self.phones)
        return {*filter(None, single), *(alias.column for alias in self.aliases), *self.details}


class Shipped(_Model):
    """A snapshot that comes with Salama; `approved` says who looked at its broken rows, for it is held otherwise."""

    file: str
    published: dt.date
    provenance: str = Field(min_length=20)
    approved: str | None = None


class Source(_Model):
    """One official list.

    `max_age_days` is how old a snapshot may get before nobody is called valid on its word. `means` completes, in each
    language, "listed means: …". `language` is that of the names of months in its dates. `area_code` is put before phone
    numbers too short to have one. `identity` names the columns by which a row is the same one in the next snapshot; by
    default the licence, or name and city.
    """

    id: str = Field(regex=r"^[a-z][a-z0-9_]{1,47}$")
    country: str = Field(regex=r"^[A-Z]{2}$")
    kind: Kind
    title: str = Field(min_length=5)
    authority: str = Field(min_length=2, max_length=MAX_AUTHORITY)
    official_url: str
    register_url: str
    max_age_days: int = Field(ge=1)
    undated: bool = False
    means: dict[str, str]
    format: Format
    columns: Columns
    identity: tuple[str, ...] = ()
    statuses: dict[str, Status] = Field(default_factory=dict)
    status: Status | None = None
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    language: str = "en"
    area_code: str = Field("", regex=r"^\d*$")
    licence_prefixes: tuple[str, ...] = ()
    shipped: Shipped | None = None

    @validator("official_url", "register_url")
    def _is_an_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError(f'"{value}" is not a web address')
        return value

    @validator("language")
    def _has_months(cls, value: str) -> str:
        try:
            Locale.parse(value)
        except (UnknownLocaleError, ValueError):
            raise ValueError(f'"{value}" is no language of which the names of months are known') from None
        return value

    @validator("means")
    def _is_short(cls, value: dict[str, str]) -> dict[str, str]:
        for language, text in value.items():
            if len(text) > MAX_MEANING:
                raise ValueError(f"{language}: {len(text)} characters, at most {MAX_MEANING}")
        return value

    @validator("status", always=True)
    def _status_is_told_once(cls, value: Status | None, values: dict[str, Any]) -> Status | None:
        columns = values.get("columns")
        if columns is not None and (value is None) == (columns.status is None):
            raise ValueError("give either `status` for all rows, or `columns: status` with `statuses`")
        if columns is not None and columns.status and not values.get("statuses"):
            raise ValueError("`columns: status` needs `statuses`")
        return value

    def is_stale(self, published: dt.date | None, today: dt.date) -> bool:
        """Whether a list published on that day (None: unknown) is too old to rely on."""
        return published is None or (today - published).days > self.max_age_days


def read_sources(content_dir: Path) -> tuple[dict[str, Source], list[Problem]]:
    """The sources that can be used, by id, and what is wrong with the others."""
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path in sorted((content_dir / "registries").glob("*.yml")):
        document, found = _document(path)
        problems += found
        if document is None:
            continue
        try:
            source = Source.parse_obj(document.data)
        except ValidationError as error:
            problems += [document.problem(f"{_place(e['loc'])}: {e['msg']}", *e["loc"]) for e in error.errors()]
            continue
        if source.id != path.stem:
            problems.append(document.problem(f'id is "{source.id}" but the file is {path.name}', "id"))
        sources[source.id] = source
    return sources, problems


def load_sources(content_dir: Path) -> dict[str, Source]:
    """All sources by id.

    Raises:
        SourceError: one cannot be used; the message names file and line.
    """
    sources, problems = read_sources(content_dir)
    if problems:
        raise SourceError("\n".join(map(str, problems)))
    return sources


def _document(path: Path) -> tuple[Document | None, list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8")
        return Document(path, text, yaml.safe_load(text)), []
    except UnicodeDecodeError as error:
        return None, [Problem(path, 1, f"not UTF-8: {error.reason} at byte {error.start}")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return None, [Problem(path, mark.line + 1 if mark else 1, "not valid YAML")]


def _place(location: tuple[str | int, ...]) -> str:
    return ".".join(map(str, location))
