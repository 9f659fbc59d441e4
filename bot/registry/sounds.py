"""How words sound, roughly and in any of our languages."""

from __future__ import annotations

import re

_SOUNDS = (
    ("tch", "c"), ("sch", "s"), ("ph", "f"), ("ck", "k"), ("gh", "g"), ("kh", "k"), ("dh", "d"), ("th", "t"),
    ("bh", "b"), ("sh", "s"), ("ch", "c"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("qu", "k"), ("q", "k"),
    ("c", "k"), ("x", "ks"), ("z", "s"), ("w", "v"), ("j", "g"), ("y", "i"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("ea", "i"), ("ie", "i"), ("ei", "i"), ("ai", "e"), ("o", "u"), ("e", "i"), ("h", ""),
)  # fmt: skip
_VOWELS = re.compile(r"(?<=[a-z0-9])[aiu]+")
_DOUBLED = re.compile(r"([a-z])\1+")


def sound(text: str) -> str:
    """How spelled words sound, roughly and in any of our languages: slips such as Filip/Philippe vanish.

    Works on any amount of text at once; blanks and line ends stay.
    """
    for old, new in _SOUNDS:
        text = text.replace(old, new)
    return _DOUBLED.sub(r"\1", text)


def skeleton(sounded: str) -> str:
    """What of a sounded text is left without vowels: Muhammad and Mohamed are one, and so are most slips in a vowel."""
    return _VOWELS.sub("", sounded)
