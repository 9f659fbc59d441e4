"""Country names in every language, from Unicode's CLDR by way of Babel; ISO codes from pycountry."""

from __future__ import annotations

from functools import lru_cache

import pycountry
from babel import Locale


def codes() -> list[str]:
    """All ISO 3166 alpha-2 codes."""
    return [country.alpha_2 for country in pycountry.countries]


@lru_cache(maxsize=4096)
def name(code: str, language: str) -> str:
    """The name of country `code` in `language`; the code itself when CLDR has none."""
    return str(Locale(language).territories.get(code, code))
