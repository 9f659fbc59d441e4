"""What differs between two texts of one file, line by line, with the changed words marked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CONTEXT_LINES = 2
WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """A part of a line; `is_changed` when the other side lacks it."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Line:
    """One line: `sign` is "-" (only in the old text), "+" (only in the new one), " " (in both) or "…" (left out)."""

    sign: str
    pieces: tuple[Piece, ...]
    number: int = 0


def differences(old: str, new: str) -> list[Line]:
    """The changed lines with a little around them; empty when the texts are the same."""
    before, after = old.splitlines(), new.splitlines()
    groups = difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT_LINES)
    lines: list[Line] = []
    for group in groups:
        if lines or group[0][3] > 0:
            lines.append(Line("…", ()))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line(" ", (Piece(text),), j1 + 1 + n) for n, text in enumerate(after[j1:j2])]
            else:
                lines += _changed(before[i1:i2], after[j1:j2], i1, j1)
    return lines


def _changed(old: Sequence[str], new: Sequence[str], first_old: int, first_new: int) -> Iterator[Line]:
    paired = len(old) == len(new)
    pairs = [_words(a, b) for a, b in zip(old, new, strict=True)] if paired else []
    for n, text in enumerate(old):
        yield Line("-", pairs[n][0] if paired else (Piece(text),), first_old + n + 1)
    for n, text in enumerate(new):
        yield Line("+", pairs[n][1] if paired else (Piece(text),), first_new + n + 1)


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    a, b = WORDS.findall(old), WORDS.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        changed = tag != "equal"
        left += [Piece("".join(a[i1:i2]), changed)] if i1 < i2 else []
        right += [Piece("".join(b[j1:j2]), changed)] if j1 < j2 else []
    return tuple(left), tuple(right)
