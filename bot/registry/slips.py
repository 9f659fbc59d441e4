"""Names that are one slip of a finger from a query: a letter wrong, left out, put in, or two changed round.

`bot.registry.index` misses them where the misspelt word is the only one that other names do not share. Of two names one
slip apart, either the first or the last half is the same: so two sorted lists are enough.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz.distance import OSA

from bot.registry.index import Array

SHORTEST = 5
"""Letters of names looked at: below, one letter makes another name."""
AFTER_ANY_LETTER = "\x7f"


class SlipIndex:
    """Finds names one slip from a query.

    Args:
        keys: each name's words run together (`names.Name.key`).
    """

    def __init__(self, keys: Sequence[str]) -> None:
        told = [(key, at) for at, key in enumerate(keys) if len(key) >= SHORTEST]
        self._forward, self._forward_at = _sorted(told)
        self._backward, self._backward_at = _sorted([(key[::-1], at) for key, at in told])

    def may_hold(self, key: str) -> bool:
        """Whether `key` is a name of the index letter by letter; yes for those too short to be in it."""
        at = bisect_left(self._forward, key)
        return len(key) < SHORTEST or (at < len(self._forward) and self._forward[at] == key)

    def search(self, key: str) -> list[int]:
        """The positions of the names one slip from `key`; the name itself is none."""
        if len(key) < SHORTEST:
            return []
        half = len(key) // 2
        found = dict.fromkeys(_among(self._forward, self._forward_at, key, half))
        found |= dict.fromkeys(_among(self._backward, self._backward_at, key[::-1], len(key) - half - 1))
        return list(found)


def _sorted(pairs: list[tuple[str, int]]) -> tuple[list[str], Array]:
    pairs.sort()
    return [key for key, _ in pairs], np.array([at for _, at in pairs], dtype=np.int32)


def _among(keys: list[str], positions: Array, key: str, size: int) -> Iterator[int]:
    """Those that share the first `size` letters and are one slip away."""
    start = key[:size]
    first, last = bisect_left(keys, start), bisect_left(keys, start + AFTER_ANY_LETTER)
    for at in range(first, last):
        if abs(len(keys[at]) - len(key)) <= 1 and OSA.distance(keys[at], key, score_cutoff=1) == 1:
            yield int(positions[at])
