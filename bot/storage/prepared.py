"""What takes a second to work out at each start is kept in a file, and the next process reads it back.

A file is a pickle, under the hash of all that it was made from; arrays lie beside it as they are in memory, and are
mapped, not read: processes share them. Whoever can write there can as well put a model in force: a pickle too.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import mmap
import os
import pickle
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from pydantic import BaseModel

T = TypeVar("T")
logger = logging.getLogger(__name__)
CODE = Path(__file__).resolve().parent.parent
ALIGNMENT = 64
"""Bytes; numbers that begin elsewhere are copied before each calculation."""
LONGEST_WRITE_S = 600


_directory: Path | None = None


class _NotKept(Exception):
    """There is no file, or it was made from something else."""


def keep_in(directory: Path) -> None:
    """Keep what this process prepares from now on in `directory`; before, nothing is kept."""
    global _directory
    _directory = directory


def prepared(name: str, made_from: Callable[[], Iterable[bytes]], make: Callable[[], T]) -> T:
    """What `make` gives, or gave an earlier process of the same code and packages. Arrays in it may be read-only.

    Args:
        name: of the file; the newest value takes the place of the one before.
        made_from: all that `make` looks at besides code and packages.
        make: works the value out; it can be pickled.
    """
    if _directory is None:
        return make()
    path = _directory / f"{name}.pickle"
    key = _key(made_from())
    try:
        return cast(T, _read(path, key))
    except _NotKept:
        value = make()
    if key == _key(made_from()):  # not when a file was edited meanwhile
        _keep(path, key, value)
    return value


def as_bytes(models: Iterable[BaseModel]) -> Iterator[bytes]:
    """Models of content as `made_from` wants them."""
    return (model.json().encode() for model in models)


def _read(path: Path, key: bytes) -> object:
    try:
        with path.open("rb") as file:
            if file.read(len(key)) != key:
                raise _NotKept
            length, *sizes = pickle.load(file)
            pickled = file.read(length)
            return pickle.loads(pickled, buffers=_mapped(file, sizes) if sizes else ())
    except Exception as error:  # whatever is wrong with a file, its value can be made anew
        raise _NotKept from error


def _mapped(file: BinaryIO, sizes: list[int]) -> Iterator[memoryview]:
    whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    at = _aligned(file.tell())
    for size in sizes:
        yield whole[at : at + size]
        at = _aligned(at + size)


def _keep(path: Path, key: bytes, value: object) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear_what_the_killed_left(path)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}-", delete=False) as file:
            try:
                _write(cast(BinaryIO, file), key, value)
                file.flush()
                os.fsync(file.fileno())  # a name must not outlive what it names when the power fails
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:  # a full disk costs the next start its second, no more
        logger.warning("%s cannot be kept: %s", path, error.strerror)


def _clear_what_the_killed_left(path: Path) -> None:
    """Remove halves of `path` that nobody can be writing any more."""
    for half in path.parent.glob(f"{path.name}-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - half.stat().st_mtime > LONGEST_WRITE_S:
                half.unlink()


def _write(file: BinaryIO, key: bytes, value: object) -> None:
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    arrays = [buffer.raw() for buffer in buffers]
    file.write(key + pickle.dumps([len(pickled), *(array.nbytes for array in arrays)]) + pickled)
    for array in arrays:
        file.seek(_aligned(file.tell()))
        file.write(array)


def _aligned(at: int) -> int:
    return -(-at // ALIGNMENT) * ALIGNMENT


def _key(made_from: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256(_code())
    for part in made_from:
        digest.update(hashlib.sha256(part).digest())
    return digest.digest()


@lru_cache(maxsize=1)
def _code() -> bytes:
    """A hash of our own code, and of the names and versions of all installed packages."""
    digest = hashlib.sha256(sys.version.encode())
    for installed in sorted(entry.name for entry in os.scandir(sysconfig.get_path("purelib"))):
        digest.update(installed.encode())
    for path in sorted(CODE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
