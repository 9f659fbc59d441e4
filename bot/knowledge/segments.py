"""SMS length: folding to the GSM 03.38 alphabet and counting segments."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import ceil

import gsm0338

GSM7_SINGLE, GSM7_PART = 160, 153
"""Septets in one SMS, and in each part of a longer one (3GPP TS 23.040, 9.2.3.24.1)."""
UCS2_SINGLE, UCS2_PART = 70, 67
"""UTF-16 units in one SMS, and in each part of a longer one."""

_PLAIN = frozenset(map(unicodedata.lookup, gsm0338.charset.BASIC_CHARACTER_SET.values()))
_ESCAPED = frozenset(map(unicodedata.lookup, gsm0338.charset.BASIC_CHARACTER_SET_EXTENSION.values()))
"""Characters of one septet, and of two; the library's codec goes through a text in Python, character by character."""
_PUNCTUATION = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "•": "-",
        "\u00a0": " ", "\u202f": " ", "œ": "oe", "Œ": "OE", "→": "->", "\t": " ",
    }
)  # fmt: skip


def septets(text: str) -> int | None:
    """Count the GSM-7 septets of `text`; None when a character is outside the alphabet."""
    used = set(text)
    if not used - _PLAIN <= _ESCAPED:
        return None
    return len(text) + sum(map(text.count, used & _ESCAPED))


def outside_gsm7(text: str) -> str:
    """The characters of `text` outside the alphabet, each once, for an editor to find: "ệ (U+1EC7)"."""
    return ", ".join(f"{char} (U+{ord(char):04X})" for char in dict.fromkeys(text) if septets(char) is None)


def fold(text: str) -> str:
    """Replace what GSM-7 cannot carry by its nearest plain form (ã → a, ’ → '); é, à, ñ and such stay."""
    for char in set(text) - _PLAIN - _ESCAPED:
        text = text.replace(char, _folded(char))
    return text


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    base = unicodedata.normalize("NFKD", char.translate(_PUNCTUATION)).translate(_PUNCTUATION)
    return "".join(part for part in base if not unicodedata.combining(part)) or char


def segments(text: str) -> int:
    """Count the SMS segments of `text` as it stands (fold it first)."""
    length = septets(text)
    single, part = GSM7_SINGLE, GSM7_PART
    if length is None:
        length, single, part = len(text.encode("utf-16-be")) // 2, UCS2_SINGLE, UCS2_PART
    return 1 if length <= single else ceil(length / part)
