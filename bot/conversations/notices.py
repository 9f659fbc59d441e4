"""Answers that need no engine: to HELP and MORE, to a voice message or a picture, and that somebody writes too fast."""

from __future__ import annotations

import datetime as dt

from bot.conversations.claiming import Claimed
from bot.conversations.turn import Turn
from bot.knowledge.answers import Composer
from bot.knowledge.store import KnowledgeStore


class Notices:
    """Answers a notice from the response of its name in content/responses/channels.yml: `help` from `utter_help`."""

    def __init__(self, store: KnowledgeStore, default_language: str) -> None:
        self._store, self._default = store, default_language

    def answer(self, claimed: Claimed) -> Turn | None:
        """The answer to `claimed`; None when it is for the engine."""
        if claimed.notice is None:
            return None
        language = claimed.language
        if claimed.rest is not None:
            reply = claimed.rest
        else:
            reply = self.composer(claimed.question.channel, language).response(f"utter_{claimed.notice}")
        return Turn((reply,), None, claimed.language, claimed.notice, 1.0)

    def composer(self, channel: str, language: str | None) -> Composer:
        """What composes a text for a channel, in a person's language or else the default one."""
        return Composer(self._store.current, self._language(language), channel == "sms", dt.date.today())

    def page_labels(self, language: str | None) -> tuple[str, str]:
        """What stands under a text that goes on, and over choices that follow alone."""
        knowledge, language = self._store.current, self._language(language)
        return knowledge.label("reply_more", language), knowledge.label("more_choices", language)

    def _language(self, language: str | None) -> str:
        return language if language and language in self._store.current.languages else self._default
