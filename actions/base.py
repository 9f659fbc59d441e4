"""What all actions share: an error in one never leaves the person without a reply."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.knowledge.knowledge import Knowledge
from bot.knowledge.store import shared_store
from bot.settings import load_settings

logger = logging.getLogger(__name__)
UNDERSTOOD = SlotSet("missed", False)
CENTRE_FORM = "centre_form"
PARTS = {
    CENTRE_FORM: (f"validate_{CENTRE_FORM}", "action_ask_centre_place", "action_say"),
    "recruiter_form": ("validate_recruiter_form", "action_note_recruiter", "action_check_recruiter"),
}
"""Forms of one short question, with the actions that belong to them: any other action closes them, so that the question
is not asked again and again."""
ERASE_ASKED = "erase_asked"
LIKELY_EMERGENCY = 0.25


class SafeAction(Action, ABC):
    """An action whose errors are logged without the conversation's content and answered with an apology."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in domain.yml."""

    @abstractmethod
    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say what is to be said, and return the events."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Respond, or apologise."""
        try:
            return self._closing(self.respond(dispatcher, tracker), tracker)
        except Exception as error:  # the last line of defence: silence would be worse
            logger.error("%s failed: %s at %s", self.name(), type(error).__name__, _where(error))
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_error")
            # what a rule would do next builds on this action; an open form would call it again and again
            return [ActiveLoop(None), SlotSet("requested_slot", None), FollowupAction("action_listen")]

    def _closing(self, events: list[EventType], tracker: Tracker) -> list[EventType]:
        """The events, and with them the end of an open short question that this turn has left."""
        form = tracker.active_loop.get("name")
        if self.name().startswith("validate_"):
            return events  # of a form that takes the place of the short question
        if form not in PARTS or self.name() in PARTS[form] or any(e["event"] == "active_loop" for e in events):
            return events
        return [*events, ActiveLoop(None), SlotSet("requested_slot", None)]


def intent_of(tracker: Tracker) -> str:
    """The intent of the latest message."""
    return str(tracker.latest_message.get("intent", {}).get("name") or "")


def confidence_of(tracker: Tracker) -> float:
    """How sure the intent of the latest message is, from 0 to 1."""
    return float(tracker.latest_message.get("intent", {}).get("confidence") or 0.0)


def text_of(tracker: Tracker) -> str:
    """The latest message's words; a picked choice begins with "/"."""
    return str(tracker.latest_message.get("text") or "")


def holds_a_name(text: str) -> bool:
    """Whether a number or a capital letter after the first word makes an answer of what else is small talk.

    "Mr Abdul, 0712..." reads like an introduction, and is one who is reported.
    """
    return any(word[:1].isupper() for word in text.split()[1:]) or any(map(str.isdigit, text))


def is_likely(tracker: Tracker, intent: str, least: float = LIKELY_EMERGENCY) -> bool:
    """Whether the classifier gave `intent` at least that share of its belief."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return any(r["name"] == intent and r["confidence"] >= least for r in ranking)


def content() -> Knowledge:
    """The content in force."""
    return shared_store(load_settings().content_dir).current


def entity(tracker: Tracker, name: str) -> str | None:
    """The first value of entity `name` in the latest message."""
    return next((str(e["value"]) for e in tracker.latest_message.get("entities", []) if e["entity"] == name), None)


def open_form(tracker: Tracker) -> str | None:
    """The form whose question the person is answering; those that give way to anything do not count."""
    name = tracker.active_loop.get("name")
    return None if name in PARTS else name


def _where(error: Exception) -> str:
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else "?"
