"""Help in an emergency, and forgetting a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ERASE_ASKED, UNDERSTOOD, SafeAction, content, text_of
from bot.knowledge.danger_cues import CANNOT_CALL, DANGER, HEALTH, HELP, LIFE
from bot.safety.emergency import lexicon_of

OF_THE_BODY = (LIFE, HEALTH)
"""Help that says nothing of violence."""


class ActionEmergency(SafeAction):
    """Gives help at once, and ends whatever form was open."""

    def name(self) -> str:
        """The action's name."""
        return "action_emergency"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say the numbers and what to do now; to what is said after that, and tells nothing new, the numbers again."""
        before, text = tracker.get_slot("about"), text_of(tracker)
        cues = content().danger_cues
        told = cues.help_for(text)
        unclear = text.startswith("/") or told == DANGER
        help = before if unclear and before in HELP else told
        say.utter_message(
            response="utter_emergency",
            help=help,
            again=help == before,
            violence=help in OF_THE_BODY and told == DANGER and _tells_of_violence(text),
            unheard=cues.asked_after(help, text) == CANNOT_CALL,
        )
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("about", help), UNDERSTOOD]


def _tells_of_violence(text: str) -> bool:
    """Whether danger is told, and not only cried out for help."""
    lexicon = lexicon_of(content())
    return lexicon.calls_for_help(text) and not lexicon.cries(text)


class ActionSafeNow(SafeAction):
    """Takes that nobody is in danger any more, and ends what followed from it."""

    def name(self) -> str:
        """The action's name."""
        return "action_safe_now"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say that it is good to hear."""
        say.utter_message(response="utter_safe_now")
        return [SlotSet("about", None), UNDERSTOOD]


class ActionAskErase(SafeAction):
    """Asks before erasing, and ends whatever form was open: its digits would answer the form's question instead."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_erase"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Ask; say that nothing is erased when that is what was asked for."""
        cues, text = content().form_cues, text_of(tracker)
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
        elif content().form_cues.hesitates(text_of(tracker)):
            say.utter_message(response="utter_not_erased")
        else:
            say.utter_message(response="utter_erased")
        return [UNDERSTOOD]


class ActionDeny(SafeAction):
    """Takes a typed "no": it erases nothing when that was the question right before, else it denies nothing."""

    def name(self) -> str:
        """The action's name."""
        return "action_deny"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say that nothing is erased, or ask what the person would like to know."""
        say.utter_message(response="utter_not_erased" if tracker.get_slot(ERASE_ASKED) else "utter_deny")
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
