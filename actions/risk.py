"""The risk check: going on with it, and its verdict."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNDERSTOOD, SafeAction, content, intent_of, is_likely, text_of
from bot.knowledge.understood import EMERGENCY, FALLBACK

ASKED_AGAIN = ("risk_check", "report_answer")
"""The check asked for while it runs, and an old choice of a report."""


class ValidateRiskForm(SafeAction):
    """Asks the open question again where the message is no answer and nothing else; "go back" asks the one before."""

    def name(self) -> str:
        """The action's name, which Rasa looks for when the form is open."""
        return "validate_risk_form"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Fill nothing, or what Rasa has found; the form gives way to all other messages by itself."""
        slot = tracker.get_slot("requested_slot") or ""
        if not slot.startswith("risk_"):
            return []
        cues, text = content().form_cues, text_of(tracker)
        if cues.asks_why(text):
            say.utter_message(response="utter_risk_why")
            return [SlotSet(slot, None)]
        if cues.goes_back(text):
            others = (other for one in content().risk_questions if (other := f"risk_{one.id}") != slot)
            before = [other for other in others if tracker.get_slot(other)][-1:]
            return [SlotSet(one, None) for one in (slot, *before)]
        if intent_of(tracker) != EMERGENCY and is_likely(tracker, EMERGENCY):
            say.utter_message(response="utter_report_danger")
            return [SlotSet(slot, None)]
        if intent_of(tracker) == FALLBACK and (answer := cues.yes_or_no_first(text)):
            return [SlotSet(slot, answer)]  # "yes, they asked for 500"
        return [SlotSet(slot, None)] if intent_of(tracker) in ASKED_AGAIN else []


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
