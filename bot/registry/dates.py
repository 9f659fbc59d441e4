"""Dates as lists write them: with names of months in the list's own language, from Unicode's CLDR by way of Babel."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache

from babel import Locale

from bot.registry.names import fold


def names_months(format: str) -> bool:
    """Whether dates of `format` (as of `strptime`) name the month."""
    return "%b" in format or "%B" in format


def parse(text: str, format: str, language: str) -> dt.date:
    """The day that `text` tells.

    Args:
        format: as of `strptime`; `%b` and `%B` stand for any name of a month, short or long.
        language: the code of the language of these names; English ones are read besides.

    Raises:
        ValueError: it is no date of that format.
    """
    if names_months(format):
        english = calendar.month_abbr if "%b" in format else calendar.month_name
        pattern, numbers = _months(language)
        text = pattern.sub(lambda found: english[numbers[found[1].casefold()]], text, count=1)
    return dt.datetime.strptime(text, format).date()


@lru_cache(maxsize=32)
def _months(language: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """What finds the name of a month, and the month's number by name, with accents and without."""
    numbers: dict[str, int] = {}
    for locale in ("en", language):
        for widths in Locale.parse(locale).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths[width].items():
                    plain = name.rstrip(".").casefold()
                    numbers |= {plain: number, fold(plain): number}
    longest_first = sorted(map(re.escape, numbers), key=len, reverse=True)
    # the full stop of "févr." goes, that of "31.dez.2027" stays
    return re.compile(rf"(?<!\w)({'|'.join(longest_first)})(?!\w)(?:\.(?=\s|$))?", re.I), numbers
