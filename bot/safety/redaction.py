"""Redaction: what names a person is taken out of a text before staff read it."""

from __future__ import annotations

import re

import phonenumbers

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")
MASK = "•••"


def redact(text: str, language: str) -> str:
    """`text` without phone numbers and e-mail addresses."""
    text = EMAIL.sub(MASK, text)
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, None))):
        text = text[: match.start] + MASK + text[match.end :]
    return NUMBER.sub(MASK, text)
