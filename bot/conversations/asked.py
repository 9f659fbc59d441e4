"""What an address or a form names: a row, a day, a place in a list, each only as far as the database can hold it."""

from __future__ import annotations

import datetime as dt
import re

ID_PATTERN = "[0-9]{1,18}"
"""Every one of these fits into the 64 bits of a row's number."""
FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
"""Days around which there is room to reckon."""


def as_id(text: str) -> int | None:
    """The row's number; None for what cannot be one."""
    return int(text) if re.fullmatch(ID_PATTERN, text) else None


def as_day(text: str) -> dt.date | None:
    """The day, written 2026-11-25; None for what is none, or far from any that matters."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def midnight(day: dt.date) -> dt.datetime:
    """When the day begins, in UTC."""
    return dt.datetime.combine(day, dt.time(), dt.timezone.utc)


def place(at: dt.datetime, id: int) -> str:
    """A place in a list that is ordered by time, for the next page's address."""
    return f"{at.isoformat()}~{id}"


def as_place(text: str) -> tuple[dt.datetime, int]:
    """What `place` wrote.

    Raises:
        ValueError: it did not write this.
    """
    at, _, last = text.partition("~")
    moment, id = dt.datetime.fromisoformat(at), as_id(last)
    if moment.tzinfo is None or not FIRST_DAY <= moment.date() <= LAST_DAY or id is None:
        raise ValueError("no place in a list")
    return moment, id
