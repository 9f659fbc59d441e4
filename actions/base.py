"""What all actions share: an error in one never leaves the person without a reply."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

logger = logging.getLogger(__name__)
UNDERSTOOD = SlotSet("missed", False)
CENTRE_FORM = "centre_form"
"""One short question: any other turn of the dialogue closes it, so that it is not asked again and again."""
PARTS_OF_CENTRE_FORM = (f"validate_{CENTRE_FORM}", "action_ask_centre_place")


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
        """The events, and with them the end of an open question for a place that this turn has left."""
        stays = self.name() in PARTS_OF_CENTRE_FORM or any(event["event"] == "active_loop" for event in events)
        if stays or tracker.active_loop.get("name") != CENTRE_FORM:
            return events
        return [*events, ActiveLoop(None), SlotSet("requested_slot", None)]


def intent_of(tracker: Tracker) -> str:
    """The intent of the latest message."""
    return str(tracker.latest_message.get("intent", {}).get("name") or "")


def entity(tracker: Tracker, name: str) -> str | None:
    """The first value of entity `name` in the latest message."""
    return next((str(e["value"]) for e in tracker.latest_message.get("entities", []) if e["entity"] == name), None)


def open_form(tracker: Tracker) -> str | None:
    """The form whose question the person is answering; the one for a place does not count, it gives way to anything."""
    name = tracker.active_loop.get("name")
    return None if name == CENTRE_FORM else name


def _where(error: Exception) -> str:
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else "?"
