"""Content as plain form fields, and fields back as values of the YAML text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.editing.yaml_edit import Place, leaves

PREFIX = "v."
MOST_SOURCES = 9
SOURCE_KEYS = ("name", "short", "url", "date", "type")
TOPIC_TEXTS = ("title", "answer", "sms", "translation")
LONG = 60
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Field:
    """One value: its form name, the key that labels it, the value as text, and the language it is in, if any."""

    name: str
    key: str
    value: str
    language: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether it needs more than one line."""
        return len(self.value) > LONG or "\n" in self.value


@dataclass(frozen=True)
class Group:
    """Fields that belong together: one fact, one office, one utterance. `rows` are those of all languages by key."""

    title: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Field, ...], ...]


def name_of(place: Place) -> str:
    """The form field for `place`: "v.facts.0.name"."""
    return PREFIX + ".".join(map(str, place))


def groups(data: Any, languages: Iterable[str]) -> list[Group]:
    """Every scalar of `data` as a field, by the entry it belongs to."""
    known = set(languages)
    by_entry: dict[Place, list[tuple[Place, Any]]] = {}
    for place, value in leaves(data):
        by_entry.setdefault(place[: _depth(data, place)], []).append((place, value))
    return [_group(data, entry, found, known) for entry, found in by_entry.items()]


def _depth(data: Any, place: Place) -> int:
    """Entries of a list, and keys of the outermost mapping that hold mappings, are groups of their own."""
    first = _at(data, place[:1])
    if isinstance(first, list) and first and isinstance(first[0], dict):
        return 2
    return 1 if isinstance(first, dict) else 0


def _group(data: Any, entry: Place, found: list[tuple[Place, Any]], languages: set[str]) -> Group:
    fields: list[Field] = []
    rows: dict[Place, list[Field]] = {}
    for place, value in found:
        inner = place[len(entry) :] or place
        language = next((str(key) for key in inner if key in languages and isinstance(key, str)), None)
        key = ".".join(str(part) for part in inner if part != language and part != "languages")
        field = Field(name_of(place), key, _shown(value), language)
        if language:
            rows.setdefault(tuple(part for part in inner if part != language), []).append(field)
        else:
            fields.append(field)
    return Group(_title(data, entry), tuple(fields), tuple(map(tuple, rows.values())))


def _title(data: Any, entry: Place) -> str:
    node = data
    for key in entry:
        node = node[key]
    if isinstance(node, Mapping) and entry:
        return str(node.get("name") or entry[-1])
    return ""


def changed_values(data: Any, posted: Mapping[str, str]) -> dict[Place, Any]:
    """The values of `posted` fields (see `name_of`) that differ from `data`, in the type that stood there."""
    values: dict[Place, Any] = {}
    for place, old in leaves(data):
        new = posted.get(name_of(place))
        if new is not None and _lines(new) != _shown(old):
            values[place] = _typed(_lines(new), old)
    return values


def has_topic_form(data: Any) -> bool:
    """Whether `data` has the shape that a topic's form can show; its values may be wrong."""
    if not isinstance(data, Mapping) or not isinstance(data.get("languages"), Mapping):
        return False
    lists = [data.get(key) or [] for key in ("sources", "buttons", "facts")]
    if not all(isinstance(found, list) for found in lists):
        return False
    said = data["languages"].values()
    asked = [text.get("questions") or [] for text in said if isinstance(text, Mapping)]
    is_said = len(asked) == len(said) and all(isinstance(questions, list) for questions in asked)
    return is_said and all(isinstance(source, Mapping) for source in lists[0])


def topic_values(data: Mapping[str, Any], posted: Mapping[str, str], facts: Iterable[str]) -> dict[Place, Any]:
    """The values of a topic's form that differ from `data`.

    Args:
        data: the parsed topic.
        posted: reviewed_on, review_by, button0…, source0.name…, en.title, en.questions (one a line)…
        facts: the kinds of country facts that are ticked.
    """
    values: dict[Place, Any] = {}
    for key in ("reviewed_on", "review_by"):
        _put(values, data, (key,), posted.get(key))
    buttons = [posted.get(f"button{n}", "").strip() for n in range(3)]
    _put_list(values, data, ("buttons",), [button for button in buttons if button])
    ticked = list(facts)
    if ticked or data.get("facts"):
        _put_list(values, data, ("facts",), ticked or None)
    _put_sources(values, data, posted)
    for language in data.get("languages") or {}:
        for key in TOPIC_TEXTS:
            _put(values, data, ("languages", language, key), posted.get(f"{language}.{key}"))
        asked = posted.get(f"{language}.questions")
        if asked is not None:
            lines = [line.strip() for line in _lines(asked).split("\n")]
            _put_list(values, data, ("languages", language, "questions"), [line for line in lines if line])
    return values


def _put_sources(values: dict[Place, Any], data: Mapping[str, Any], posted: Mapping[str, str]) -> None:
    old = list(data.get("sources") or [])
    rows = [{key: posted.get(f"source{n}.{key}", "").strip() for key in SOURCE_KEYS} for n in range(MOST_SOURCES)]
    kept = [row for row in rows if any(row.values())]
    if [{key: _shown(source.get(key)) for key in SOURCE_KEYS} for source in old] == kept:
        return
    if len(kept) == len(old) and kept == rows[: len(old)]:
        for n, row in enumerate(kept):
            for key, new in row.items():
                if new != _shown(old[n].get(key)):
                    values["sources", n, key] = _typed(new, dt.date.today()) if key == "date" else new or None
        return
    values["sources",] = [
        {key: _typed(new, dt.date.today()) if key == "date" else new for key, new in row.items() if new} for row in kept
    ]


def _put(values: dict[Place, Any], data: Any, place: Place, new: str | None) -> None:
    old = _at(data, place)
    if new is not None and _lines(new) != _shown(old):
        values[place] = _typed(_lines(new), old)


def _put_list(values: dict[Place, Any], data: Any, place: Place, new: list[str] | None) -> None:
    old = _at(data, place)
    if new != (None if old is None else [_shown(item) for item in old]):
        values[place] = new


def _at(data: Any, place: Place) -> Any:
    for key in place:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _lines(text: str) -> str:
    """A browser's text area: its line ends, and the blanks that nobody sees, taken out."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def _typed(new: str, old: Any) -> Any:
    """`new` in the type of `old`; as text when it is none, so that the lint can say what is wrong."""
    if isinstance(old, dt.date) and ISO_DATE.fullmatch(new):
        try:
            return dt.date.fromisoformat(new)
        except ValueError:
            return new
    if isinstance(old, (int, float)) and not isinstance(old, bool):
        try:
            return float(new) if "." in new else int(new)
        except ValueError:
            return new
    return new
