"""How people and what they wrote are shown to staff: masked, redacted, and unable to disturb the page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from babel.dates import format_timedelta

from bot.console.visit import Visit
from bot.conversations.tables import Conversation, Direction, Message
from bot.knowledge.danger_cues import HELP
from bot.registry.tables import Report
from bot.safety.harmless import harmless
from bot.safety.redaction import redact

SNIPPET = 160
LOOKED_AT = 600
REVIEWED = ("facts_", "menu_")


def code(contact_id: str) -> str:
    """A short name for a contact, the same everywhere, from which nobody learns who it is."""
    return contact_id[:6].upper()


@dataclass(frozen=True)
class Shown:
    """Shows what was written in the conversations of one page; `unmasked` as it is."""

    visit: Visit
    unmasked: bool = False

    def text(self, message: Message, language: str | None) -> str:
        """The whole text, or that it was erased because of its age."""
        if not message.text and message.payload is None:
            return self.visit.t("erasing.aged")
        if self._is_reviewed(message):
            return harmless(message.text)
        return self.told(message.text, language)

    def note(self, text: str) -> str:
        """What staff wrote for each other, a note or a tag: it may name the person as well as their own words."""
        return harmless(text if self.unmasked else redact(text))

    def snippet(self, message: Message | None, language: str | None) -> str:
        """The beginning of the text, in one line."""
        if message is None:
            return ""
        return self.line(message.text, language)

    def line(self, text: str, language: str | None) -> str:
        """The beginning of what a person wrote, in one line, always redacted."""
        begun = redact(text[:LOOKED_AT], language or self.visit.console.settings.default_language)
        line = " ".join(harmless(begun).split())
        return line if len(line) <= SNIPPET else f"{line[:SNIPPET].rstrip()}…"

    def told(self, text: str, language: str | None) -> str:
        """What a person wrote, whole: a message, or an answer in a report."""
        shown = text if self.unmasked else redact(text, language or self.visit.console.settings.default_language)
        return harmless(shown)

    def since(self, at: dt.datetime) -> str:
        """How long ago, in words."""
        ago = max(self.visit.now - at, dt.timedelta(0))
        return str(format_timedelta(ago, threshold=1.2, granularity="second", locale=self.visit.language))

    def topic(self, id: str | None) -> str:
        """The name of a topic, or of what else a message was understood as."""
        if not id:
            return ""
        title = self.visit.console.store.current.title(id, self.visit.language)
        key = f"desk.intent.{id}"
        return title or (self.visit.t(key) if key in self.visit.console.texts else id.replace("_", " "))

    def channel(self, name: str) -> str:
        """The name of a channel; one of your own is called as it is."""
        key = f"desk.channel.{name}"
        return self.visit.t(key) if key in self.visit.console.texts else name

    def language(self, of: Conversation | Report) -> str:
        """The name of the language that the person wrote in, in that language."""
        known = self.visit.console.store.current.languages.get(of.language or "")
        return known.name if known else self.visit.t("desk.no_language")

    def code(self, conversation: Conversation) -> str:
        """The contact's short name."""
        return code(conversation.contact_id)

    def _is_reviewed(self, message: Message) -> bool:
        """Whether the text is from content/ alone; what the bot repeats of the person's words is not."""
        if message.direction == Direction.IN.value or message.staff_id is not None:
            return False
        id = message.content_id
        return id in self.visit.console.store.current.topics or id.startswith(REVIEWED) or id in HELP
