"""What people are told when staff step in or leave, and when somebody will be there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.channels.rendering import pages
from bot.conversations.handoff import STAFF
from bot.conversations.tables import Contact
from bot.knowledge.answers import Composer
from bot.knowledge.reply import Reply
from bot.knowledge.store import KnowledgeStore

SMS = "sms"


class Voice:
    """Composes what the desk says from content/responses/desk.yml, in the person's language."""

    def __init__(self, store: KnowledgeStore, default_language: str) -> None:
        self._store, self._default = store, default_language

    def person_here(self, contact: Contact) -> Reply:
        """A person writes now, and the bot is silent."""
        return self._said("utter_person_here", contact.language, contact.channel)

    def person_gone(self, contact: Contact) -> Reply:
        """The person has left, and the bot answers again."""
        return self._said("utter_person_gone", contact.language, contact.channel)

    def nobody_answered(self, contact: Contact, now: dt.datetime) -> Reply:
        """Staff could not answer; the bot does again, and says when somebody will be there."""
        reply = self._said("utter_nobody_answered", contact.language, contact.channel)
        return self._with(reply, self.when(contact.language, contact.channel, now))

    def wanted_person(self, reply: Reply, language: str | None, channel: str, now: dt.datetime) -> Reply:
        """`reply`, and that somebody of the office will answer here, and when."""
        return self._with(reply, self.when(language, channel, now))

    def when(self, language: str | None, channel: str, now: dt.datetime) -> str:
        """When somebody will be there; empty when the office has no hours."""
        hours = self._store.current.opening_hours
        if not hours.is_staffed:
            return ""
        if hours.is_open(now):
            return self._said("utter_desk_open", language, channel).text
        opening = hours.next_opening(now)
        if opening is None:
            return ""
        told = hours.told(opening, self.language(language))
        return self._said("utter_desk_closed", language, channel, when=told).text

    def written(self, text: str, contact: Contact) -> Sequence[Reply]:
        """What staff wrote, cut into what the person's channel carries."""
        more = self._store.current.label("reply_more", self.language(contact.language))
        return pages(Reply(text.strip(), (), STAFF), contact.channel, more)

    def language(self, language: str | None) -> str:
        """The language to speak to somebody of `language`."""
        return language if language and language in self._store.current.languages else self._default

    def _said(self, id: str, language: str | None, channel: str, **values: str) -> Reply:
        composer = Composer(self._store.current, self.language(language), channel == SMS, dt.date.today())
        return composer.response(id, None, **values)

    @staticmethod
    def _with(reply: Reply, line: str) -> Reply:
        return Reply(f"{reply.text}\n\n{line}", reply.choices, reply.content_id) if line else reply
