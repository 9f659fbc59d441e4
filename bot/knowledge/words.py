"""Finding words and phrases in what people type: without regard to case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from braceexpand import braceexpand

V = TypeVar("V")
NO_LETTERS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """Lower case, no accents, single blanks for everything that is no letter or digit: "D'où?" → "d ou"."""
    folded = text.casefold()
    if folded.isascii():  # a hundred thousand phrases of the emergency lexicon pass here at each start
        return NO_LETTERS.sub(" ", folded).strip()
    return as_written(folded)


def as_written(text: str) -> str:
    """Like `plain`, but capitals stay: "D'où?" → "D ou". It has the same number of words."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    letters = (c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def expanded(patterns: Iterable[str]) -> Iterator[str]:
    """The phrases that patterns with shell braces stand for: "{he,she} left" for two."""
    return (phrase for pattern in patterns for phrase in braceexpand(pattern))


def is_asked(text: str) -> bool:
    """Whether `text` ends in a question mark."""
    return text.rstrip(" .!").endswith("?")


@dataclass(frozen=True)
class Found(Generic[V]):
    """A phrase found: what it stands for and the plain words before it."""

    value: V
    phrase: str
    before: str


class PhraseFinder(Generic[V]):
    """Finds whole phrases, the longest first, without overlap.

    Args:
        values: what each phrase stands for; phrases are compared by `plain`.
    """

    def __init__(self, values: Mapping[str, V]) -> None:
        self._values = {said: value for phrase, value in values.items() if (said := plain(phrase))}
        self._longest: dict[str, int] = {}
        """The number of words of the longest phrase by its first word."""
        for phrase in self._values:
            words = phrase.split()
            self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))

    def find(self, text: str) -> list[Found[V]]:
        """All phrases of `text`, in order."""
        return list(self.among(plain(text).split()))

    def among(self, words: Sequence[str]) -> Iterator[Found[V]]:
        """All phrases of a text that was split into plain words already."""
        start = 0
        while start < len(words):
            step = 1
            for size in range(min(self._longest.get(words[start], 0), len(words) - start), 0, -1):
                phrase = " ".join(words[start : start + size])
                if phrase in self._values:
                    yield Found(self._values[phrase], phrase, " ".join(words[:start]))
                    step = size
                    break
            start += step

    def everywhere(self, words: Sequence[str]) -> Iterator[V]:
        """What all phrases of a text of plain words stand for, also those within or across others."""
        for start, word in enumerate(words):
            for end in range(start + 1, min(start + self._longest.get(word, 0), len(words)) + 1):
                phrase = " ".join(words[start:end])
                if phrase in self._values:
                    yield self._values[phrase]


def same_length(text: str) -> str:
    """Lower case without accents, a character for each of `text`, so that places in one are places in the other."""
    return "".join(_bare(char) for char in text.replace("’", "'"))


def _bare(char: str) -> str:
    simple = unicodedata.normalize("NFKD", char.casefold())[:1]
    return simple or char
