"""The console's own text: `content/console/<area>.yml`, in every language; "queue.empty" is `empty` in queue.yml."""

from __future__ import annotations

import logging
import string
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.faults import Fault
from bot.knowledge.reading import Document, Problem, read

logger = logging.getLogger(__name__)
FOLDER = "console"
Catalogue = dict[str, dict[str, str]]
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TextsError(Fault):
    """The console's text cannot be used; the message says why, with file and line."""


class Texts:
    """The console's text as it stands now: files are looked at again at most every `every_s` seconds.

    Args:
        root: the content directory.
        languages: codes of all languages that each text must have.
    """

    def __init__(self, root: Path, languages: Iterable[str], every_s: float = 2.0) -> None:
        self._root, self._languages, self._every_s = root, tuple(languages), every_s
        self._stamp, self._checked = self._newest(), time.monotonic()
        self._catalogue, problems = read_texts(root, self._languages)
        if problems:
            raise TextsError("\n".join(map(str, problems)))

    def get(self, key: str, language: str, **values: object) -> str:
        """The text of `key`, its placeholders filled from `values`."""
        return self.find(key)[language].format(**values)

    def find(self, key: str) -> dict[str, str]:
        """The text of `key` in each language."""
        self._reload_if_changed()
        if key not in self._catalogue:
            raise KeyError(f'content/{FOLDER}: there is no text "{key}"')
        return self._catalogue[key]

    def __contains__(self, key: str) -> bool:
        return key in self._catalogue

    def keys(self) -> list[str]:
        """All keys."""
        return list(self._catalogue)

    def _newest(self) -> tuple[int, int]:
        stamps = [path.stat().st_mtime_ns for path in (self._root / FOLDER).glob("*.yml")]
        return len(stamps), max(stamps, default=0)

    def _reload_if_changed(self) -> None:
        now = time.monotonic()
        if now - self._checked < self._every_s:
            return
        self._checked = now
        stamp = self._newest()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        catalogue, problems = read_texts(self._root, self._languages)
        if problems:
            logger.error("changed console text is not usable, the former stays: %s", "; ".join(map(str, problems)))
        else:
            self._catalogue = catalogue


def read_texts(root: Path, languages: Iterable[str]) -> tuple[Catalogue, list[Problem]]:
    """Every text under `root`/console by its key, with everything that is wrong with them."""
    catalogue: Catalogue = {}
    problems: list[Problem] = []
    for path in sorted((root / FOLDER).glob("*.yml")):
        try:
            text = path.read_text(encoding="utf-8")
            document = Document(path, text, yaml.load(text, Loader=_Loader))
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            problems.append(Problem(path, 1, f"not valid YAML: {error}".replace("\n", " ")))
            continue
        if not isinstance(document.data, dict):
            problems.append(document.problem("expected a mapping of keys"))
            continue
        for place, node in _texts(document.data, set(languages)):
            found = list(_problems(document, place, node, languages))
            problems += found
            if not found:
                catalogue[".".join((path.stem, *place))] = node
    return catalogue, problems


def lint(root: Path) -> list[Problem]:
    """Every problem of the console's text under the content directory `root`."""
    return read_texts(root, read(root)[0].languages)[1]


def _texts(
    node: dict[Any, Any], languages: set[str], place: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in node.items():
        here = (*place, str(key))
        if isinstance(value, dict) and not languages & set(value):
            yield from _texts(value, languages, here)
        else:
            yield here, value


def _problems(document: Document, place: tuple[str, ...], node: Any, languages: Iterable[str]) -> Iterator[Problem]:
    key = place[-1]
    if not isinstance(node, dict):
        yield document.problem(f"{key}: expected one text for each language", *place)
        return
    wanted = set(languages)
    for what, codes in (("missing", wanted - set(node)), ("unknown", {str(code) for code in set(node) - wanted})):
        if codes:
            yield document.problem(f"{key}: {what} language {', '.join(sorted(codes))}", *place)
    expected: set[str] | None = None
    for language, text in node.items():
        if not isinstance(text, str) or not text.strip():
            yield document.problem(
                f"{key}: {language} is no text (quote yes, no, on, off and numbers)", *place, language
            )
            continue
        try:
            found = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            yield document.problem(f"{key}: {language}: {error}", *place, language)
            continue
        expected = found if expected is None else expected
        if found != expected:
            yield document.problem(
                f"{key}: placeholders {found or '{}'} differ from {expected or '{}'}", *place, language
            )
