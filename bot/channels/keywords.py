"""Words that are commands when a message is nothing but one of them: STOP, START, HELP and MORE, in every language."""

from __future__ import annotations

from bot.channels.protocol import Command
from bot.knowledge.store import KnowledgeStore
from bot.knowledge.words import plain


class CommandWords:
    """Reads content/keywords.yml, and again when it changes."""

    def __init__(self, store: KnowledgeStore) -> None:
        self._store = store
        self._from: object = None
        self._words: dict[str, Command] = {}

    def command(self, text: str) -> Command | None:
        """The command that `text` is, without regard to case, accents and punctuation."""
        knowledge = self._store.current
        if knowledge is not self._from:
            self._from = knowledge
            self._words = {
                plain(word): Command(id) for id, keywords in knowledge.keywords.items() for word in keywords.words
            }
        return self._words.get(plain(text)) if len(text) <= 40 else None
