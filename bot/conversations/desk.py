"""The desk in the worker: what is left to staff, what the bot adds for them, and what ends by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.conversations.claiming import Claimed
from bot.conversations.handoff import hand_back_silent
from bot.conversations.inbox import NOTICE
from bot.conversations.lifecycle import close_idle
from bot.conversations.turn import TALK_TO_PERSON, UNHELPFUL, Turn
from bot.conversations.voice import Voice
from bot.knowledge.emergency_replies import WHO_HELPS
from bot.knowledge.reply import Choice
from bot.knowledge.store import KnowledgeStore
from bot.knowledge.understood import EMERGENCY

ASKS_FOR_FEEDBACK = ("web", "telegram")
"""Where one more choice costs nothing: an SMS would grow by a line, and a WhatsApp answer lose its buttons."""


class Desk:
    """What the worker needs to know of the staff.

    Args:
        calls_for_help: whether a text says that somebody is in danger now; that is always answered.
        template: whether WhatsApp can be written to after its 24 hours.
    """

    def __init__(
        self, store: KnowledgeStore, voice: Voice, calls_for_help: Callable[[str], bool], template: bool = False
    ) -> None:
        self._store, self._voice, self._calls_for_help, self._template = store, voice, calls_for_help, template

    def is_for_staff(self, claimed: Claimed) -> bool:
        """Whether the message is left to the member of staff who holds the conversation."""
        question = claimed.question
        in_danger = question.text.startswith(f"/{EMERGENCY}") if question.is_payload else False
        return claimed.held and not in_danger and not self._calls_for_help(question.text)

    def add(self, turn: Turn, channel: str, now: dt.datetime) -> Turn:
        """The turn, with when a person who was asked for will be there, or a way to say that an answer did not help."""
        if not turn.replies:
            return turn
        if turn.intent == TALK_TO_PERSON:
            told = (
                self._voice.wanted_person(reply, turn.language, channel, now)
                if reply.content_id == WHO_HELPS
                else reply
                for reply in turn.replies
            )
            return replace(turn, replies=tuple(told))
        *before, last = turn.replies
        is_topic = turn.intent == last.content_id and turn.intent in self._store.current.topics
        if channel in ASKS_FOR_FEEDBACK and is_topic:
            label = self._store.current.label(UNHELPFUL, self._voice.language(turn.language))
            choices = (*last.choices, Choice(label, f"{NOTICE}{UNHELPFUL}"))
            return replace(turn, replies=(*before, replace(last, choices=choices)))
        return turn

    def tidy(self, session: Session, now: dt.datetime) -> int:
        """Hand back what staff have left alone, and close what nobody goes on with; returns how many."""
        back = hand_back_silent(
            session,
            self._voice.person_gone,
            lambda contact: self._voice.nobody_answered(contact, now),
            now,
            self._template,
        )
        return back + close_idle(session, now)
