"""Struck-off names inside what a person wrote: better a warning too many than one hidden by the words around a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.registry import names

SHORTEST_RARE = 6
RARE = 3
"""A word of at most so many listed names is no ordinary one."""
_POSSESSIVE = re.compile(r"['’`]s\b", re.I)


@dataclass(frozen=True)
class StruckName:
    """A name of an entry that has, or may come to have, a bad status. `words` as of `names.parse`."""

    entry_id: int
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """The words run together."""
        return "".join(self.words)


class StruckNames:
    """Finds struck-off names in any text.

    Args:
        struck: the names of all struck-off entries.
        listed: the words of every listed name, to tell rare words.
        is_ordinary: whether a word is one of a question, or a place.
    """

    def __init__(self, struck: Iterable[StruckName], listed: Iterable[str], is_ordinary: Callable[[str], bool]) -> None:
        self._by_key: dict[str, list[StruckName]] = {}
        self._by_core: dict[str, list[int]] = {}
        for name in struck:
            self._by_key.setdefault(name.key, []).append(name)
            self._by_core.setdefault("".join(names.core(name.words)), []).append(name.entry_id)
        self.entries = frozenset(name.entry_id for names_of in self._by_key.values() for name in names_of)
        self._longest = max(map(len, self._by_key), default=0)
        self._is_ordinary = is_ordinary
        self._rare = self._rare_words(listed)

    def within(self, text: str) -> dict[str, list[int]]:
        """The entries whose whole name stands in `text`, by name key, in the order of the text."""
        found: dict[str, list[int]] = {}
        for variant in dict.fromkeys((text, _POSSESSIVE.sub("", text))):
            end = 0
            tokens = names.tokens(variant)
            for start in range(len(tokens)):
                run = self._run(tokens, start)
                if run and start + run[1] > end:
                    end = start + run[1]
                    found.setdefault(run[0], [name.entry_id for name in self._by_key[run[0]]])
        return found

    def of_heart(self, words: Iterable[str]) -> list[int]:
        """The entries whose name differs from `words` in common words only, such as "agency"."""
        return self._by_core.get("".join(names.core(words)), [])

    def of_full_heart(self, words: Sequence[str]) -> list[int]:
        """The same of a name with more than one telling word: one alone is too little."""
        return self.of_heart(words) if len(names.core(words)) > 1 else []

    def _run(self, tokens: list[str], start: int) -> tuple[str, int] | None:
        """The longest name that begins at `start`, with its size in tokens."""
        best, key = None, ""
        for size, token in enumerate(tokens[start:], 1):
            key += token
            if len(key) > self._longest:
                break
            if key in self._by_key and self._is_telling(key, tokens, start, size):
                best = key, size
        return best

    def _is_telling(self, key: str, tokens: list[str], start: int, size: int) -> bool:
        """Whether the words are surely a name: one with a legal form, of two words at least, or of a rare word."""
        if names.is_clear_form(tokens[start + size : start + size + 2]):
            return True
        words = self._by_key[key][0].words if size == 1 else tuple(tokens[start : start + size])
        telling = [word for word in words if not self._is_ordinary(word)]
        if len(telling) > 1 and not names.FILLERS.issuperset(telling):
            return True
        return any(word in self._rare for word in words)

    def _rare_words(self, listed: Iterable[str]) -> Collection[str]:
        counts = {word: 0 for key in self._by_key.values() for name in key for word in name.words}
        counts = {
            word: 0
            for word in counts
            if len(word) >= SHORTEST_RARE and word not in names.FILLERS and not self._is_ordinary(word)
        }
        for spelled in listed:
            for word in set(spelled.split()):
                if word in counts:
                    counts[word] += 1
        return frozenset(word for word, count in counts.items() if count <= RARE)
