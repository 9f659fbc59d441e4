"""The phone number or licence number that a message holds."""

from __future__ import annotations

import re

FEWEST_DIGITS = 7
"""Digits of a phone number."""
_PHONE = re.compile(r"\+?\d[\d\s().-]{5,18}\d")
_NUMBER_WORDS = (
    r"(?:r\.?\s?l|ra|ln|licen[cs]e|lic|licen[cç]a|leseni|num[eé]ro|n[uú]mero|namba|number|no|nr|n\.?\s?[º°]|"
    r"alvar[aá]|agr[ée]ment|#)"
)
_LICENCE = re.compile(
    rf"(?<!\w){_NUMBER_WORDS}(?:[\s.:]+{_NUMBER_WORDS})?(?:\s+(?:is|est|é|ni))?(?:[\s.:#/-]*(?=\d)|[\s.:#/-]+)((?:[A-Za-z]{{1,5}}[\s/-]?)?\d[\w/-]*)",
    re.I,
)
_ALONE = re.compile(r"\W*[\w/-]*\d[\w/-]*\W*")


def taken_out(text: str) -> tuple[str, str, str]:
    """What is left of a message without its number, the phone number, and the licence number; at most one of them.

    A message that is nothing but a number is a licence number, and all that is left.
    """
    found = _PHONE.search(text)
    if found and sum(c.isdigit() for c in found[0]) >= FEWEST_DIGITS:
        return text.replace(found[0], " "), found[0], ""
    if found := _LICENCE.search(text):
        return text.replace(found[0], " "), "", found[1]
    return text, "", text if _ALONE.fullmatch(text) else ""
