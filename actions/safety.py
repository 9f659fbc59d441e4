"""Help in an emergency, and forgetting a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ERASE_ASKED, UNDERSTOOD, SafeAction, form_cues, text_of


class ActionEmergency(SafeAction):
    """Gives help at once, and ends whatever form was open."""

    def name(self) -> str:
        """The action's name."""
        return "action_emergency"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say the numbers and what to do now."""
        say.utter_message(response="utter_emergency")
        return [
            ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("about", "utter_emergency"), UNDERSTOOD,
        ]  # fmt: skip


class ActionAskErase(SafeAction):
    """Asks before erasing, and ends whatever form was open: its digits would answer the form's question instead."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_erase"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Ask; say that nothing is erased when that is what was asked for."""
        cues, text = form_cues(), text_of(tracker)
        if cues.negates(text) or cues.stays_anonymous(text):
            say.utter_message(response="utter_not_erased")
            return [UNDERSTOOD]
        say.utter_message(response="utter_erase_confirm")
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet(ERASE_ASKED, True), UNDERSTOOD]


class ActionAffirm(SafeAction):
    """Takes a typed "yes": it erases when that was the question right before, else it answers nothing in particular."""

    def name(self) -> str:
        """The action's name."""
        return "action_affirm"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Erase, or ask what the person would like to know; "yes, but wait" erases nothing."""
        if not tracker.get_slot(ERASE_ASKED):
            say.utter_message(response="utter_affirm")
        elif form_cues().hesitates(text_of(tracker)):
            say.utter_message(response="utter_not_erased")
        else:
            say.utter_message(response="utter_erased")
        return [UNDERSTOOD]


class ActionErase(SafeAction):
    """Confirms the erasure; the worker, which sees the reply, deletes the rows in the same transaction."""

    def name(self) -> str:
        """The action's name."""
        return "action_erase"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Confirm."""
        say.utter_message(response="utter_erased")
        return []
