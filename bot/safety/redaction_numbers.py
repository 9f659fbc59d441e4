"""Phone numbers, documents, accounts, e-mail addresses and profiles in a text, as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from babel.numbers import list_currencies
from stdnum import iban
from stdnum.es import dni, nie
from stdnum.in_ import pan
from stdnum.it import codicefiscale
from stdnum.mx import curp

from bot.safety.redaction_words import Words

Span = tuple[int, int]
LOOK_BACK = 60
"""Characters before a number in which its cue stands."""
LONG = 8
"""Digits that no amount, date or emergency number has."""

_MONEY = (
    "dollars?|usd|us\\$|bucks|shillings?|shs|sh|ksh|kshs|ushs?|ugx|tshs?|bob|riy?als?|dirhams?|aed|sar|qar|dinars?|euros?"
    "|francs?|fcfa|cfa|xof|xaf|gnf|meticais|metical|mts?|mzn|kwanzas?|kz|rands?|nairas?|ngn|cedis?|birr|rupees?|rs"
    "|pesos?|takas?|dongs?|pounds?|ringgits?|shilingi|dola|faranga|riali|dirhamu|dinari|paundi|yuro|escudos?|reais"
    "|ariary|[$€£₦¥]|/=|million|millions|milhoes|milioni|mille|mil|elfu|laki|k"
)
_CURRENCY = f"(?:{_MONEY}|{'|'.join(sorted(code.lower() for code in list_currencies()))})"
_SUM = r"[1-9](?:\d{0,2}(?:[ .,'\u00a0\u202f]\d{3})+|\d{0,8})(?:[.,]\d{1,2})?(?!\d)"
_GROUPED = r"[1-9]\d{0,2}(?:(?:,\d{3})+(?!\d)|(?:[ .\u00a0\u202f]\d{3})*[ .\u00a0\u202f]\d00(?!\d))"
_AMOUNT = re.compile(
    # codes that are common words tell no currency here: "all 300 of us"
    rf"(?<![^\W_])(?<![.+/-])(?:(?!all|top|try){_CURRENCY}\s?\.?\s?{_SUM}|{_SUM}\s?(?:de\s|d')?(?!all|top|try){_CURRENCY}(?!\w))"
    rf"(?:\s?(?:de\s)?(?:{_MONEY})(?!\w))*"
)
_DATE = (
    r"\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d\d(?![/.]?\d)|(?:19|20)\d\d\s?[-/–]\s?(?:19|20)\d\d(?!\d)"
)
_HARMLESS = re.compile(
    rf"(?<![^\W_])(?<![.+/-])"
    rf"(?:{_DATE}|{_CURRENCY}\s?\.?\s?{_SUM}|{_SUM}\s?(?:de\s|d')?{_CURRENCY}(?!\w)|{_GROUPED}(?![ .]?\d))"
)
_DIGITS = re.compile(r"(?<![\d+])(?:\+\s?)?\(?\d(?:[\s().–_-]{0,3}\d){4,30}(?![^\W\d_])")
_EMERGENCY = re.compile(r"(?:1[0-2]\d|19\d|9[19]\d)(?:\s(?:1[0-2]\d|19\d|9[19]\d))*")
_TOKEN = re.compile(r"(?<![^\W_])(?=[a-z0-9]*[a-z])(?=[a-z0-9]*\d)[a-z0-9]{5,34}(?![^\W_])")
_MANY_DIGITS = re.compile(r"(?:[a-z]*\d){6}")
_PASSPORT = re.compile(r"(?<![\w-])(?!ID|NO|BI|TEL|CNI|NIF|NIN|QID|PO|KES|UGX|TZS)[A-Z]{1,3} \d{6,9}(?![\w-])")
_CITIZEN_CARD = re.compile(r"(?<!\w)\d{8} ?\d ?[a-z]{2}\d(?!\w)")
_IBAN = re.compile(r"(?<![^\W_])[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![^\W_])")
_DASHED = re.compile(r"(?<![\w-])[a-z]{2,3}-\d{8,}(?:-\d+)*(?![\w-])")
_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\(at\))\s?[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|[\w.+-]{2,64}\s(?:at|arobase|arroba|kwenye)\s\w{2,20}\s(?:dot|point|ponto|nukta)\s\w{2,6}(?!\w)"
    r"|[\w.+-]{2,64}\s(?:at|arobase|arroba|kwenye)\s(?:gmail|yahoo|hotmail|outlook|icloud)(?:\s?\.\s?\w{2,6})*(?!\w)"
    r"|[\w.+-]{2,64}@(?:gmail|yahoo|hotmail|outlook|icloud)(?!\w)"
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:[a-z-]{1,8}\.)?(?:facebook|fb|messenger|instagram|instagr|tiktok|twitter|x|linkedin|snapchat"
    r"|youtube|telegram|t|wa|whatsapp|m|imo|threads|vk)\.(?:com|me|net|im|am|org)/[^\s,;)\]»\"']+"
)
_HANDLE = re.compile(r"(?<![\w.@])@[a-z0-9_][a-z0-9_.]{2,40}")
_VALIDATORS = (pan, codicefiscale, curp, nie, dni)
"""Numbers with letters that have fewer than six digits in a row, or a check character."""


def contacts(folded: str) -> Iterator[Span]:
    """E-mail addresses, pages of people, and names on networks."""
    for pattern in (_EMAIL, _PROFILE, _HANDLE):
        for match in pattern.finditer(folded):
            yield match.start(), match.start() + len(match[0].rstrip("._-"))


def amounts(folded: str) -> Iterator[Span]:
    """Sums of money with their currency, or with a word such as "million"."""
    yield from (match.span() for match in _AMOUNT.finditer(folded))


def numbers(text: str, folded: str, words: Words) -> Iterator[Span]:
    """Phone numbers and numbers of documents and accounts; not amounts, dates, or numbers of up to four digits."""
    folded = _HARMLESS.sub(lambda match: "~" * len(match[0]), folded)
    yield from (match.span() for match in words.digits.finditer(folded))
    for pattern in (_CITIZEN_CARD, _DASHED):
        yield from (match.span() for match in pattern.finditer(folded))
    yield from (match.span() for match in _PASSPORT.finditer(text) if "~" not in folded[slice(*match.span())])
    yield from (match.span() for match in _IBAN.finditer(folded) if iban.is_valid(match[0]))
    for match in _TOKEN.finditer(folded):
        if _MANY_DIGITS.search(match[0]) or _is_valid(match[0]) or _follows(folded, match.start(), words.document):
            yield match.span()
    for match in _DIGITS.finditer(folded):
        if _is_personal(match, folded, words):
            yield match.span()


def _is_personal(match: re.Match[str], folded: str, words: Words) -> bool:
    said = match[0]
    digits = re.sub(r"\D", "", said)
    if _EMERGENCY.fullmatch(said):
        return False
    if len(digits) >= LONG or (len(digits) >= LONG - 1 and said.startswith(("+", "00"))):
        return True
    if _follows(folded, match.start(), words.keep):
        return False
    cued = any(_follows(folded, match.start(), cue) for cue in (words.phone, words.document))
    return cued or (digits != said and _is_phone(digits, words.regions))


def _follows(folded: str, start: int, cue: re.Pattern[str]) -> bool:
    return cue.search(folded, max(0, start - LOOK_BACK), start) is not None


def _is_phone(digits: str, regions: tuple[str, ...]) -> bool:
    """Whether it is a number as it is dialled in one of our countries."""
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(digits, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _is_valid(token: str) -> bool:
    return any(kind.is_valid(token) for kind in _VALIDATORS)
