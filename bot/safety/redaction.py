"""Redaction: what names a person is taken out of a text before staff read, learn from or export it."""

from __future__ import annotations

import unicodedata
from itertools import chain

from bot.safety.redaction_names import names
from bot.safety.redaction_numbers import Span, contacts, numbers
from bot.safety.redaction_words import fold, load_words

MASK = "•••"


def redact(text: str, language: str | None = None) -> str:
    """`text` with phone numbers, e-mail addresses, documents, accounts, profiles and names as "•••".

    Countries, towns, firms, amounts, dates and numbers of up to four digits stay. Rules find most, not all
    (docs/privacy.md has the measured share): a redacted text is still about a person.

    Args:
        text: as the person wrote it, of any length.
        language: its language; today the rules of all languages apply to each, for people mix them.
    """
    text = unicodedata.normalize("NFC", text)
    redacted, end = [], 0
    for start, stop in merged(find(text)):
        redacted += [text[end:start], MASK]
        end = stop
    return "".join([*redacted, text[end:]])


def find(text: str) -> list[Span]:
    """Where `text` says who somebody is: (start, end), in no order, perhaps one in another."""
    words, folded = load_words(), fold(text)
    return list(chain(contacts(folded), numbers(text, folded, words), names(text, folded, words)))


def merged(spans: list[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap as one."""
    done: list[Span] = []
    for start, end in sorted(spans):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]))
        else:
            done.append((start, end))
    return done
