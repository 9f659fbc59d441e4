"""Recognising a call for help by its words, in every language at once; the classifier is the second opinion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from braceexpand import braceexpand

from bot.knowledge.model import Lexicon
from bot.knowledge.words import PhraseFinder, plain


class EmergencyLexicon:
    """Tells whether a message says that somebody is in danger now.

    Args:
        lexicons: of every language; a person in fear may write in any of them.
    """

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        lexicons = list(lexicons)
        self._alone = {plain(p) for lexicon in lexicons for p in _expand(_all(lexicon.alone))}
        self._phrases = _finder(pattern for lexicon in lexicons for pattern in _all(lexicon.phrases))
        self._denials = _finder(pattern for lexicon in lexicons for pattern in _all(lexicon.denials))
        self._exceptions = _finder(pattern for lexicon in lexicons for pattern in _all(lexicon.exceptions))
        self._combinations = [
            [_finder(group) for group in combination]
            for lexicon in lexicons
            for combination in lexicon.combinations.values()
        ]

    def calls_for_help(self, text: str) -> bool:
        """Whether `text` is a word of danger alone, or has a phrase or combination of them."""
        words = plain(text).split()
        if " ".join(words) in self._alone:
            return True
        if _has(self._denials, words):
            return False
        # a question beside a plain phrase of danger takes nothing from it: "he is beating me, which number do I call"
        return _has(self._phrases, words) or (self._has_combination(words) and not _has(self._exceptions, words))

    def _has_combination(self, words: Sequence[str]) -> bool:
        return any(all(_has(group, words) for group in combination) for combination in self._combinations)


def _all(by_situation: dict[str, tuple[str, ...]]) -> Iterable[str]:
    return (pattern for patterns in by_situation.values() for pattern in patterns)


def _expand(patterns: Iterable[str]) -> Iterable[str]:
    return (phrase for pattern in patterns for phrase in braceexpand(pattern))


def _finder(patterns: Iterable[str]) -> PhraseFinder[bool]:
    return PhraseFinder(dict.fromkeys(_expand(patterns), True))


def _has(finder: PhraseFinder[bool], words: Sequence[str]) -> bool:
    return next(finder.among(words), None) is not None
