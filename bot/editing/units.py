"""The texts of the content that are said in every language: each is one unit of translation."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.editing.yaml_edit import Place
from bot.knowledge.reading import ContentFiles
from bot.knowledge.yaml_text import parse_yaml

PATTERNS = ("faq/*/*.yml", "countries/*.yml", "centres/*.yml", "responses/*.yml", "menus/*.yml")
LANGUAGE = "*"
"""Stands for the language in a unit's place."""
NO_TRANSLATIONS = ("questions", "translation")
"""Questions are gathered in each language; nobody translates them."""
REVIEWED, DRAFTED = "reviewed", "drafted"


@dataclass(frozen=True)
class Unit:
    """One text: `key` names it within its file for people, `place` is where it stands, `texts` are by language."""

    path: str
    key: str
    place: Place
    texts: Mapping[str, str]

    def place_in(self, language: str) -> Place:
        """Where the text of `language` stands."""
        return tuple(language if part == LANGUAGE else part for part in self.place)

    def is_needed(self) -> bool:
        """Whether every language must have it: the short form of a reply is there only where the long one is long."""
        return not (self.path.startswith("responses/") and self.place[-1] == "sms")


@dataclass(frozen=True)
class FileTexts:
    """The units of one file, and for a topic whether each language is "drafted" or "reviewed"."""

    path: str
    units: tuple[Unit, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)

    def hash_of(self, language: str) -> str:
        """What a reviewer of `language` reads, as a hash."""
        said = [f"{unit.key}\0{unit.texts.get(language, '')}" for unit in self.units]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()


def all_texts(root: Path, overlay: Mapping[str, str], languages: Iterable[str]) -> dict[str, FileTexts]:
    """The texts in force by path; a file that cannot be read is left out, for the lint tells of it."""
    content = ContentFiles(root, overlay)
    known = tuple(languages)
    paths = {path.relative_to(root).as_posix(): path for pattern in PATTERNS for path in content.matching(pattern)}
    found: dict[str, FileTexts] = {}
    for name, path in sorted(paths.items()):
        try:
            found[name] = texts_of(name, content.text(path), known)
        except (OSError, UnicodeDecodeError):
            continue
    return found


@lru_cache(maxsize=1024)
def texts_of(path: str, text: str, languages: tuple[str, ...]) -> FileTexts:
    """The units of `text`, which is that of the file `path`; none when it is no YAML."""
    try:
        data = parse_yaml(text)
    except (yaml.YAMLError, ValueError):
        return FileTexts(path)
    places: dict[Place, dict[str, str]] = {}
    for place, language, value in _said(data, frozenset(languages)):
        places.setdefault(place, {})[language] = value.strip()
    units = tuple(Unit(path, _key(data, place), place, texts) for place, texts in places.items())
    return FileTexts(path, units, _states(data, languages))


def _said(node: Any, languages: frozenset[str], place: Place = (), language: str = "") -> Iterator[Any]:
    """(place, language, text) of every text that stands under a language."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in NO_TRANSLATIONS:
                continue
            if not language and key in languages:
                yield from _said(value, languages, (*place, LANGUAGE), key)
            else:
                yield from _said(value, languages, (*place, str(key)), language)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _said(value, languages, (*place, index), language)
    elif isinstance(node, str) and language and node.strip():
        yield place, language, node


def _key(data: Any, place: Place) -> str:
    """The place for people and for keeping: an entry of a list goes by its name, which stays when others are added."""
    parts: list[str] = []
    node = data
    for part in place:
        if part == LANGUAGE:
            break
        if isinstance(part, int):
            parts.append(_entry(node, part))
        elif part != "languages":
            parts.append(part)
        node = node[part]
    after = place[place.index(LANGUAGE) + 1 :]
    return ".".join([*parts, *map(str, after)])


def _entry(entries: list[Any], index: int) -> str:
    names = [_name(entry) for entry in entries]
    return f"[{names[index]}]" if Counter(names)[names[index]] == 1 and names[index] else f"[{index + 1}]"


def _name(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    return " ".join(str(entry[key]) for key in ("kind", "for", "name") if entry.get(key))


def _states(data: Any, languages: Iterable[str]) -> dict[str, str]:
    said = data.get("languages") if isinstance(data, dict) else None
    if not isinstance(said, dict):
        return {}
    sections = ((code, said.get(code)) for code in languages)
    return {
        code: str(part["translation"]) for code, part in sections if isinstance(part, dict) and "translation" in part
    }
