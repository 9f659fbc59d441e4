"""What goes into the dialogue engine and what comes out of it: the only thing the two sides share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.knowledge.reply import Reply
from bot.registry.filing import Filed

TALK_TO_PERSON = "talk_to_person"
UNHELPFUL = "unhelpful"
"""The person says that an answer did not help."""
WITH_PERSON = "with_person"
"""A message that is for the member of staff who holds the conversation; the bot is silent."""


@dataclass(frozen=True)
class Question:
    """One message as the engine sees it.

    `contact_id` is opaque. `text` is what the person wrote, or the payload of a choice that we offered when
    `is_payload`; only then may it steer the dialogue by `/intent`. `state` is what the last turn gave back.
    """

    contact_id: str
    channel: str
    text: str
    is_payload: bool = False
    state: str | None = None


@dataclass(frozen=True)
class Turn:
    """The engine's answer: replies, the state to keep, and what was understood.

    `alternatives` are the likeliest topics with their confidence. `state` None keeps the former one. `erase` asks to
    forget everything that the contact ever wrote; `filed` are reports and watches to store with the end of the turn.
    """

    replies: tuple[Reply, ...]
    state: str | None
    language: str | None
    intent: str
    confidence: float
    erase: bool = False
    filed: tuple[Filed, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether the message is left to a person."""
        return self.intent == WITH_PERSON


def silence(language: str | None) -> Turn:
    """The turn of a message that a member of staff answers."""
    return Turn((), None, language, WITH_PERSON, 0.0)


class Answers(Protocol):
    """A dialogue engine."""

    def look_ahead(self, questions: Sequence[Question]) -> None:
        """Learn which messages come next, to do together what can be done together."""
        ...

    async def answer(self, question: Question) -> Turn:
        """Answer one message; never raises for anything a person may write."""
        ...
