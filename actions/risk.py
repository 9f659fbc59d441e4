"""The verdict of the risk check."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNDERSTOOD, SafeAction


class ActionRiskVerdict(SafeAction):
    """Ends the risk check with a verdict and its reasons, and forgets the answers."""

    def name(self) -> str:
        """The action's name."""
        return "action_risk_verdict"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Hand the answers to the NLG, which weighs them."""
        answers = {slot: value for slot, value in tracker.slots.items() if slot.startswith("risk_") and value}
        say.utter_message(response="utter_risk_verdict", answers=answers)
        return [*(SlotSet(slot, None) for slot in answers), UNDERSTOOD]
