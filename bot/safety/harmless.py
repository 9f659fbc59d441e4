"""What strangers write, unable to disturb the page it is shown on."""

from __future__ import annotations

import re

DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Invisible characters that turn the direction of text around, and could make it read as something else."""
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
STACKED = re.compile(
    "([\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
"""More marks on one letter than any language has: they would run over the lines above."""


def harmless(text: str) -> str:
    """`text` without invisible characters that disturb what stands around it."""
    return STACKED.sub(r"\1", CONTROLS.sub("", DIRECTION_MARKS.sub("\ufffd", text)))
