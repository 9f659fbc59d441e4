"""Reasons that staff must give before they see or erase who somebody is."""

from __future__ import annotations

SHORTEST = 5
DIFFERENT = 3


def is_reason(text: str) -> bool:
    """Whether `text` says something: dots, invisible characters and one letter held down do not."""
    said = [letter for letter in text.casefold() if letter.isalnum()]
    return len(said) >= SHORTEST and len(set(said)) >= DIFFERENT
