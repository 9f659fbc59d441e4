"""Opening a file from outside without being hurt by it: sizes are capped while it streams."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from bot.faults import Fault

MAX_FILE_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_RATIO = 100
"""Unpacked to packed; text seldom compresses better than 20 to 1, bombs reach 1000."""
RATIO_FROM_BYTES = 20_000_000
MAX_LINE = 1_000_000
MAX_CELL = 10_000
MAX_ROWS = 1_000_000
MAX_SHARED_STRINGS_BYTES = 60_000_000
"""Of a workbook's strings, which openpyxl keeps in memory whole."""
_CHUNK = 1 << 16


class ImportRefused(Fault):
    """The file is not taken; the message names it, says why and what to do.

    Args:
        code: names the console's text for it, `registry.refused.<code>`.
        detail: what that text is completed with, such as the columns that are missing.
    """

    def __init__(self, message: str, code: str = "unusable", detail: str = "") -> None:
        super().__init__(message)
        self.code, self.detail = code, detail


def sha256(path: Path) -> str:
    """The file's hash, in hex.

    Raises:
        ImportRefused: it cannot be read, or is too big.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # /dev/zero never ends
            raise ImportRefused(f"{path} is no file", "too_long")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ImportRefused(
                f"{path} has {size:,} bytes, at most {MAX_FILE_BYTES:,} are taken: split the list", "too_long"
            )
        with path.open("rb") as file:
            digest = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}") from None
    return digest.hexdigest()


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked when it is gzip (told by its first bytes, not by its name)."""
    file = path.open("rb")
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast(BinaryIO, _Unpacked(path, file)) if packed else file


class _Unpacked(io.RawIOBase):
    """A gzip stream that stops a bomb."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._size = path, path.stat().st_size
        self._stream, self._read = gzip.GzipFile(fileobj=file), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        try:
            chunk = self._stream.read(len(view))
        except (OSError, EOFError, zlib.error):
            raise ImportRefused(f"{self._path} is a damaged gzip file: fetch it again", "damaged") from None
        self._read += len(chunk)
        check_unpacked(self._path, self._read, self._size)
        view[: len(chunk)] = chunk
        return len(chunk)


def check_unpacked(path: Path, unpacked: int, packed: int) -> None:
    """Raise ImportRefused when what came out is too much for what went in."""
    if unpacked > MAX_UNPACKED_BYTES:
        raise ImportRefused(f"{path} unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: split the list", "bomb")
    if unpacked > RATIO_FROM_BYTES and unpacked > MAX_RATIO * packed:
        raise ImportRefused(f"{path} unpacks to more than {MAX_RATIO} times its size: it looks like a zip bomb", "bomb")


def check_length(path: Path) -> None:
    """Raise ImportRefused when the text is a bomb or far too long, before the first row is stored."""
    line_ends = 0
    with open_bytes(path) as file:
        while chunk := file.read(_CHUNK):
            line_ends += chunk.count(b"\n")
            if line_ends > 2 * MAX_ROWS:  # a cell may hold line breaks
                raise ImportRefused(f"{path} has more than {MAX_ROWS:,} rows: split the list", "too_long")


def check_workbook(path: Path) -> None:
    """Raise ImportRefused unless `path` is a workbook of a bearable size, told without unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise ImportRefused(
            f"{path} is not an XLSX workbook: save it as .xlsx, or correct the source's format", "wrong_type", "XLSX"
        ) from None
    check_unpacked(path, sum(member.file_size for member in members), path.stat().st_size)
    for member in members:
        check_unpacked(path, member.file_size, max(member.compress_size, 1))
        if member.filename.endswith("sharedStrings.xml") and member.file_size > MAX_SHARED_STRINGS_BYTES:
            raise ImportRefused(
                f"{path} holds {member.file_size:,} bytes of strings: save it as CSV and import that", "too_long"
            )


def lines(path: Path, file: BinaryIO, encoding: str, error: Callable[[int, str], Exception]) -> Iterator[str]:
    """The decoded lines of `file`, line ends kept.

    Args:
        error: makes the exception to raise from a line number (from 1) and a reason.
    """
    buffered = io.BufferedReader(cast(io.RawIOBase, file))
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="strict", newline="")
    number = 0
    while True:
        number += 1
        try:
            line = text.readline(MAX_LINE + 1)
        except UnicodeDecodeError as problem:
            reason = f"is not {encoding} ({problem.reason}): correct `format: encoding` of the source, or the file"
            raise error(number, reason) from None
        if not line:
            return
        if len(line) > MAX_LINE:
            raise error(number, f"is longer than {MAX_LINE:,} characters: the file is damaged or no list")
        if "\0" in line:
            raise error(number, "holds a NUL: the file is no text, or its encoding is another")
        yield line
