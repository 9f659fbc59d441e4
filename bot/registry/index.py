"""An index of names in memory: three-letter pieces of how names sound, as posting lists in flat arrays.

Chosen by measurement (benchmarks/registry.py): beside it, comparing with every name takes a hundred times as long, and
pg_trgm and FTS5 miss names that only sound alike or are run together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bot.registry.names import core, mended
from bot.registry.sounds import skeleton, sound

Array = Any  # numpy 1.23 is not typed well enough for mypy; follow_imports = "skip"
LETTERS = 38
"""a to z, 0 to 9, the blank between words, and what is none of these."""
GRAMS = LETTERS**3
RARE_SHARE = 0.02
RARE_AT_LEAST = 400
"""Pieces that stand in more names than this tell little and cost much; they are left out while rarer ones are there."""
CANDIDATES = 250
BLANK = 36
SHORTEST_BEGINNING = 5

_CODES = np.full(256, 37, dtype=np.int32)
_CODES[ord("a") : ord("z") + 1] = np.arange(26)
_CODES[ord("0") : ord("9") + 1] = np.arange(26, 36)
_CODES[ord(" ")] = BLANK


class NameIndex:
    """Finds the names closest to a query.

    Args:
        spelled: each name's words with single blanks, in lower-case ASCII (`names.Name.spelled`).
    """

    def __init__(self, spelled: Sequence[str]) -> None:
        self._spelled = list(spelled)
        text = sound("\n".join(self._spelled))
        self._sounds = text.split("\n") if self._spelled else []
        self._build(*_features(self._sounds))

    def __len__(self) -> int:
        return len(self._spelled)

    def spelled(self, position: int) -> str:
        """The words of a name of the index."""
        return self._spelled[position]

    def _build(self, grams: Array, docs: Array) -> None:
        count = max(len(self._spelled), 1)
        pairs = np.unique(grams.astype(np.int64) * count + docs)
        grams, self._docs = (pairs // count).astype(np.int32), (pairs % count).astype(np.int32)
        frequency = np.bincount(grams, minlength=2 * GRAMS)
        self._start = np.concatenate([[0], np.cumsum(frequency)])
        self._weight = np.log1p(count / np.maximum(frequency, 1)).astype(np.float32)
        squares = np.bincount(self._docs, self._weight[grams].astype(np.float64) ** 2, minlength=count)
        self._norm = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)
        self._common = max(RARE_AT_LEAST, int(RARE_SHARE * count))

    def search(self, spelled: str, limit: int = 10, allowed: Array | None = None) -> list[tuple[int, float]]:
        """The `limit` closest names as (position, score from 0 to 1), best first.

        Args:
            spelled: the query's words, as those of the index.
            allowed: by position, which names may be found; None for all.
        """
        if not self._spelled or not spelled:
            return []
        candidates = self._candidates(spelled, allowed)
        if not len(candidates):
            return []
        scores = similarity(spelled, [self._spelled[i] for i in candidates], [self._sounds[i] for i in candidates])
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(candidates[i]), float(scores[i])) for i in best]

    def _candidates(self, spelled: str, allowed: Array | None) -> Array:
        totals = np.zeros(len(self._spelled), dtype=np.float32)
        for gram in self._telling(spelled):
            docs = self._docs[self._start[gram] : self._start[gram + 1]]
            totals[docs] += self._weight[gram] ** 2
        # the square root keeps a short name that fits wholly from beating a long one that fits better
        totals /= np.sqrt(self._norm)
        if allowed is not None:
            totals *= allowed
        size = min(CANDIDATES, len(totals))
        top = np.argpartition(-totals, size - 1)[:size]
        return top[totals[top] > 0]

    def _telling(self, spelled: str) -> Array:
        words = core([mended(word) for word in spelled.split()])
        grams = np.unique(_features([sound(" ".join(words)), sound("".join(words))])[0])
        frequency = self._start[grams + 1] - self._start[grams]
        grams, frequency = grams[frequency > 0], frequency[frequency > 0]
        rare = grams[frequency <= self._common]
        if len(rare) >= 4:
            return rare
        return grams[np.argsort(frequency)[:12]]


def similarity(spelled: str, names: Sequence[str], sounds: Sequence[str]) -> Array:
    """How alike a query and each of `names` are, from 0 to 1: in letters and sound, in any order, run together or not.

    Words that many recruiters share (`names.FILLERS`) count a quarter.
    """
    words = [mended(word) for word in spelled.split()]
    query_core, query_sound = core(words), sound(" ".join(words)).split()
    sound_core = sound(" ".join(query_core)).split()
    split = [name.split() for name in names]
    cores = [core(parts) for parts in split]
    sounded = [heard.split() for heard in sounds]
    sounded_cores = [
        heard if len(kept) == len(parts) or len(heard) != len(parts) else _same_places(heard, parts, kept)
        for heard, parts, kept in zip(sounded, split, cores, strict=True)
    ]
    core_score = _best(query_core, cores, sound_core, sounded_cores)
    full_score = _best(words, split, query_sound, sounded)
    scores: Array = np.maximum(0.75 * core_score + 0.25 * full_score, 0.97 * full_score)
    return np.maximum(scores, _beginning(query_core, cores))


def _beginning(words: list[str], names: list[list[str]]) -> Array:
    """People shorten names: one that begins with all of the query's words is much alike, the shorter the more."""
    start = "".join(words)
    if len(start) < SHORTEST_BEGINNING:
        return np.zeros(len(names), dtype=np.float32)
    joined = ["".join(name) for name in names]
    fits = [0.85 + 0.1 * len(start) / len(name) if name.startswith(start) else 0.0 for name in joined]
    return np.array(fits, dtype=np.float32)


def _same_places(heard: list[str], parts: list[str], kept: list[str]) -> list[str]:
    wanted = set(kept)
    return [h for h, part in zip(heard, parts, strict=True) if part in wanted]


def _best(words: list[str], names: list[list[str]], heard: list[str], sounds: list[list[str]]) -> Array:
    """The best of: letters in order, letters sorted by word, run together; the last two also by sound."""
    joined = _ratio("".join(words), ["".join(parts) for parts in names])
    ordered = _ratio(" ".join(sorted(words)), [" ".join(sorted(parts)) for parts in names])
    joined_sound = _ratio("".join(heard), ["".join(parts) for parts in sounds])
    ordered_sound = _ratio(" ".join(sorted(heard)), [" ".join(sorted(parts)) for parts in sounds])
    spelled = np.maximum(joined, ordered)
    # sounding alike is a little less than being written alike
    best: Array = np.maximum(spelled, 0.96 * np.maximum(joined_sound, ordered_sound))
    return best


def _ratio(query: str, choices: list[str]) -> Array:
    scores: Array = process.cdist([query], choices, scorer=fuzz.ratio, dtype=np.float32)[0] / 100
    return scores


def _features(sounds: Sequence[str]) -> tuple[Array, Array]:
    """The pieces of how texts sound and, apart from them, of their consonants; each with its text's position."""
    grams, docs = _pieces(sounds)
    bones, bone_docs = _pieces(skeleton("\n".join(sounds)).split("\n") if sounds else [])
    return np.concatenate([grams, bones + GRAMS]), np.concatenate([docs, bone_docs])


def _pieces(texts: Sequence[str]) -> tuple[Array, Array]:
    """Every three-letter piece of every word (its beginning and end marked by a blank), with its text's position."""
    joined = " " + " ".join(texts) + " "
    codes = _CODES[np.frombuffer(joined.encode("latin-1", "replace"), dtype=np.uint8)]
    if len(codes) < 3:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    grams = codes[:-2] * (LETTERS * LETTERS) + codes[1:-1] * LETTERS + codes[2:]
    lengths = np.array([len(text) + 1 for text in texts], dtype=np.int64)
    docs = np.repeat(np.arange(len(texts)), lengths)[: len(grams)]
    inside = codes[1:-1] != BLANK  # a blank in the middle would join the end of a word to the next
    return grams[inside], docs[inside]
