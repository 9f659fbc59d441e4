"""Recognising a call for help by its words, in every language at once; the classifier is the second opinion."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.model import Lexicon
from bot.knowledge.words import PhraseFinder


class EmergencyLexicon:
    """Tells whether a message says that somebody is in danger now.

    Args:
        lexicons: of every language; a person in fear may write in any of them.
    """

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        lexicons = list(lexicons)
        self._phrases = PhraseFinder({phrase: True for lexicon in lexicons for phrase in lexicon.phrases})
        self._exceptions = PhraseFinder({phrase: True for lexicon in lexicons for phrase in lexicon.exceptions})

    def calls_for_help(self, text: str) -> bool:
        """Whether a phrase of danger stands in `text`, and none that marks a general question."""
        return bool(self._phrases.find(text)) and not self.asks_in_general(text)

    def asks_in_general(self, text: str) -> bool:
        """Whether `text` is worded as a general question ("is it legal …", "what number …")."""
        return bool(self._exceptions.find(text))
