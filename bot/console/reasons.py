"""Reasons that staff must give before they see or erase who somebody is."""

from __future__ import annotations

from bot.safety.redaction import redact

SHORTEST = 5
DIFFERENT = 3


def is_reason(text: str) -> bool:
    """Whether `text` says something: dots, one letter held down, and what the audit log masks (a number) do not."""
    said = [letter for letter in redact(text).casefold() if letter.isalnum()]
    return len(said) >= SHORTEST and len(set(said)) >= DIFFERENT
