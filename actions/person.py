"""What a person tells of themselves: their language and their countries."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import CENTRE_FORM, UNDERSTOOD, SafeAction, entity, open_form
from actions.registry import ABOUT_RECRUITER, check
from bot.knowledge.danger_cues import HELP
from bot.registry.lookup import CHOSEN


class ActionChangeLanguage(SafeAction):
    """Confirms a language that was asked for (the slot is set already), or asks which one."""

    def name(self) -> str:
        """The action's name."""
        return "action_change_language"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Confirm, or ask."""
        if entity(tracker, "language"):
            say.utter_message(response="utter_language_changed")
            if not open_form(tracker):
                say.utter_message(response="utter_menu", menu="main")
        else:
            say.utter_message(response="utter_languages")
        return [UNDERSTOOD]


class ActionInformCountry(SafeAction):
    """Takes a country that was named alone: answers what waited for it, else notes it."""

    def name(self) -> str:
        """The action's name."""
        return "action_inform_country"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Answer for the country, and remember it as the destination or, without a destination's cue, the origin."""
        country, about = _country(tracker), tracker.get_slot("about")
        if country is None:
            say.utter_message(response="utter_menu", menu="main")
            return [UNDERSTOOD]
        if about in HELP:
            if _is_only_from(tracker):  # its police are not those of where the person is
                say.utter_message(response="utter_emergency", help=about, again=True)
                return [UNDERSTOOD]
            # in danger, the country named is where the person is
            say.utter_message(response="utter_facts", about=about, country=country)
            return [SlotSet("destination", country), UNDERSTOOD]
        events = self._remember(tracker, country)
        asked = tracker.get_slot("recruiter_asked")
        if about == ABOUT_RECRUITER and asked and not asked.startswith(CHOSEN):
            return [*check(say, tracker, asked, country), *events]
        if about == "utter_find_mrc":
            say.utter_message(response="utter_centres", where={"country": country})
            events.append(ActiveLoop(CENTRE_FORM))  # a town may follow
        elif about:
            say.utter_message(response="utter_facts", about=about, country=country)
        else:
            say.utter_message(response="utter_country_noted", country=country)
        return [*events, UNDERSTOOD]

    def _remember(self, tracker: Tracker, country: str) -> list[EventType]:
        named = {e.get("role") for e in tracker.latest_message.get("entities", []) if e["entity"] == "country"}
        if named & {"origin", "destination"}:
            return []  # the slot mapping has taken it
        return [SlotSet("destination" if tracker.get_slot("origin") else "origin", country)]


def _countries(tracker: Tracker) -> list[tuple[str, str | None]]:
    found = [e for e in tracker.latest_message.get("entities", []) if e["entity"] == "country"]
    return [(str(e["value"]), e.get("role")) for e in found]


def _country(tracker: Tracker) -> str | None:
    """The country that the message is about: where the person is or goes, before where the person is from."""
    found = _countries(tracker)
    elsewhere = [code for code, role in found if role != "origin"]
    return next(iter([*elsewhere, *(code for code, _ in found)]), None)


def _is_only_from(tracker: Tracker) -> bool:
    """Whether the message names only where the person is from, by a nationality or "I am from"."""
    return {role for _, role in _countries(tracker)} == {"origin"}
