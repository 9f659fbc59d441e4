"""Recognising a call for help by its words, in every language at once; the classifier is the second opinion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from braceexpand import braceexpand

from bot.knowledge.knowledge import Knowledge
from bot.knowledge.model import Lexicon
from bot.knowledge.words import PhraseFinder, plain

DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
"""No word holds a letter three times in a row: "pleaseee" is "please". Yet "help" alone is no cry, and "helppp" is."""
SPELT_APART = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")
SOS_SIGN = "🆘"


class EmergencyLexicon:
    """Tells whether a message says that somebody is in danger now.

    Args:
        lexicons: of every language; a person in fear may write in any of them.
    """

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        lexicons = list(lexicons)
        self._alone = {_drawn_out(p) for lexicon in lexicons for p in _expand(_all(lexicon.alone))}
        self._phrases = _finder(pattern for lexicon in lexicons for pattern in _all(lexicon.phrases))
        self._denials = _finder(pattern for lexicon in lexicons for pattern in _all(lexicon.denials))
        self._exceptions = _finder(pattern for lexicon in lexicons for pattern in _all(lexicon.exceptions))
        self._combinations = [
            [_finder(group) for group in combination]
            for lexicon in lexicons
            for combination in lexicon.combinations.values()
        ]

    def denies(self, text: str) -> bool:
        """Whether `text` says that nobody is in danger, or speaks of what may happen."""
        return _has(self._denials, _as_meant(text).split())

    def cries(self, text: str) -> bool:
        """Whether `text` is a word of danger and nothing else."""
        return not self._alone.isdisjoint((_as_meant(text), _drawn_out(text)))

    def calls_for_help(self, text: str) -> bool:
        """Whether `text` is a word of danger alone, or has a phrase or combination of them."""
        if self.cries(text):
            return True
        words = _as_meant(text).split()
        if _has(self._denials, words):
            return False
        # a question beside a plain phrase of danger takes nothing from it: "he is beating me, which number do I call"
        return _has(self._phrases, words) or (self._has_combination(words) and not _has(self._exceptions, words))

    def _has_combination(self, words: Sequence[str]) -> bool:
        return any(all(_has(group, words) for group in combination) for combination in self._combinations)


def _drawn_out(text: str) -> str:
    """The plain words of `text`, letters typed apart joined; a letter drawn out stands three times."""
    letters = DRAWN_OUT.sub(r"\1\1\1", plain(text.replace(SOS_SIGN, " sos ")))
    return SPELT_APART.sub(lambda found: found[0].replace(" ", ""), letters)


def _as_meant(text: str) -> str:
    return DRAWN_OUT.sub(r"\1", _drawn_out(text))


@lru_cache(maxsize=2)
def lexicon_of(knowledge: Knowledge) -> EmergencyLexicon:
    """The lexicon of all languages of `knowledge`; built once for each, which takes half a second."""
    return EmergencyLexicon(knowledge.lexicons.values())


def _all(by_situation: dict[str, tuple[str, ...]]) -> Iterable[str]:
    return (pattern for patterns in by_situation.values() for pattern in patterns)


def _expand(patterns: Iterable[str]) -> Iterable[str]:
    return (phrase for pattern in patterns for phrase in braceexpand(pattern))


def _finder(patterns: Iterable[str]) -> PhraseFinder[bool]:
    return PhraseFinder(dict.fromkeys(map(_as_meant, _expand(patterns)), True))


def _has(finder: PhraseFinder[bool], words: Sequence[str]) -> bool:
    return next(finder.among(words), None) is not None
