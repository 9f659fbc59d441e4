"""Phone numbers out of a list's cell or a person's message, as E.164, by Google's `phonenumbers`."""

from __future__ import annotations

import re

import phonenumbers

_REMARK = re.compile(r"[A-Za-z][A-Za-z.]*")
_PIECES = re.compile(r"[,;/\n]|\s{2,}|\)\s*(?=\d{6,})")
_RANGE = re.compile(r"^(.*\d)-(\d{1,2})$")
MIN_DIGITS = 6
MAX_NUMBERS = 12
"""More numbers in one cell are no contact but a mistake."""


def in_cell(cell: str, country: str, area_code: str = "") -> tuple[str, ...]:
    """The numbers of a list's cell, in order.

    Remarks such as "(Off.)" are dropped, "37868890/91" is two numbers, "8878111-5" the first to the last of a row.

    Args:
        country: ISO code of the list's country.
        area_code: what numbers are put behind when they are too short to have one.
    """
    found: list[str] = []
    last = ""
    for piece in _PIECES.split(_REMARK.sub(" ", cell)):
        digits = re.sub(r"\D", "", piece)
        if last and 1 <= len(digits) <= 4:  # the end of a number whose beginning was said before
            texts = [last[: -len(digits)] + digits]
        else:
            texts = _spread(re.sub(r"[^\d]+$", "", piece.strip()))
        for text in texts:
            number = e164(text, country, area_code)
            if number and number not in found:
                found.append(number)
                last = re.sub(r"\D", "", text)
    return tuple(found[:MAX_NUMBERS])


def e164(text: str, country: str, area_code: str = "") -> str | None:
    """One number as E.164, or None when there is none possible in that country."""
    digits = re.sub(r"\D", "", text)
    if not MIN_DIGITS <= len(digits) <= 15:
        return None
    if area_code and len(digits) <= 8 and not text.lstrip().startswith(("+", "0")):
        text = area_code + digits
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _spread(piece: str) -> list[str]:
    """A number, or the row of numbers that "8878111-5" stands for."""
    match = _RANGE.match(piece)
    if not match:
        return [piece]
    first = re.sub(r"\D", "", match[1])
    end = match[2]
    start = first[-len(end) :]
    if len(first) < MIN_DIGITS or not int(start) < int(end) <= int(start) + 20:
        return [piece]
    return [first[: -len(end)] + str(n).zfill(len(end)) for n in range(int(start), int(end) + 1)]
