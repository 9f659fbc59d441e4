"""Recognising a call for help by its words, in every language at once; the classifier is the second opinion."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.model import Lexicon
from bot.knowledge.words import PhraseFinder, plain


class EmergencyLexicon:
    """Tells whether a message says that somebody is in danger now.

    Args:
        lexicons: of every language; a person in fear may write in any of them.
    """

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        lexicons = list(lexicons)
        self._alone = {plain(word) for lexicon in lexicons for word in lexicon.alone}
        self._phrases = _finder(phrase for lexicon in lexicons for phrase in lexicon.phrases)
        self._exceptions = _finder(phrase for lexicon in lexicons for phrase in lexicon.exceptions)
        self._combinations = [
            tuple(_finder(group) for group in combination)
            for lexicon in lexicons
            for combination in lexicon.combinations
        ]

    def calls_for_help(self, text: str) -> bool:
        """Whether `text` is a word of danger alone, or has a phrase or combination of them."""
        if plain(text) in self._alone:
            return True
        return (self._has_phrase(text) or self._has_combination(text)) and not self.asks_in_general(text)

    def asks_in_general(self, text: str) -> bool:
        """Whether `text` is worded as a general question ("is it legal …", "what number …")."""
        return bool(self._exceptions.find(text))

    def _has_phrase(self, text: str) -> bool:
        return bool(self._phrases.find(text))

    def _has_combination(self, text: str) -> bool:
        return any(all(group.find(text) for group in combination) for combination in self._combinations)


def _finder(phrases: Iterable[str]) -> PhraseFinder[bool]:
    return PhraseFinder({phrase: True for phrase in phrases})
