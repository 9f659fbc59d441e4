"""Finding an office: from what the person wrote, from a shared location, or by asking where they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import CENTRE_FORM, UNDERSTOOD, SafeAction, content, entity, intent_of
from bot.knowledge.centres import Where, at_position, in_town
from bot.knowledge.places import Place
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE

ABOUT = "utter_find_mrc"
UNKNOWN_PLACE = "?"
"""What the slot holds when the answer names no place that we know."""
MAY_BE_A_PLACE = (FALLBACK, OUT_OF_SCOPE, "inform_country")
"""What the classifier makes of a town's name alone."""
ASKS_FOR_AN_OFFICE = ("find_mrc", "affirm")
MAX_WORDS_OF_A_PLACE, MAX_WORDS_UNASKED = 6, 2
"""Of a message that is a town, misspelt or not; unasked, after offices were told: "what time do they open" is none."""
Slots = dict[str, Any]


class ActionFindCentre(SafeAction):
    """Says the nearest offices, or asks where the person is. Either way a place may follow: the form stays open."""

    def name(self) -> str:
        """The action's name."""
        return "action_find_centre"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Answer for the place that was given, else let the form ask; at the second unknown place, leave it."""
        given = tracker.get_slot("centre_place")
        forget = SlotSet("centre_place", None)
        if given == UNKNOWN_PLACE:
            say.utter_message(response="utter_not_understood")
            return [forget]
        where = given or _where(tracker)
        if where is None:
            return [ActiveLoop(CENTRE_FORM), SlotSet("about", None), UNDERSTOOD]
        say.utter_message(response="utter_centres", where=where, skip=_skip(tracker))
        return [forget, ActiveLoop(CENTRE_FORM), SlotSet("about", ABOUT), UNDERSTOOD]


class ActionAskCentrePlace(SafeAction):
    """Asks where the person is; says nothing when offices were just told, for then a place may follow or not."""

    def name(self) -> str:
        """The action's name, which Rasa looks for when the form needs its slot."""
        return "action_ask_centre_place"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Ask when an office was asked for or the place was not known; not again after "thank you"."""
        if not _is_told(tracker) and (intent_of(tracker) in ASKS_FOR_AN_OFFICE or tracker.get_slot("missed")):
            say.utter_message(response="utter_ask_centre_place")
        return []


class ValidateCentreForm(SafeAction):
    """Takes the message as the place that was asked for, unless it is clearly something else."""

    def name(self) -> str:
        """The action's name, which Rasa looks for when the form is open."""
        return "validate_centre_form"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Fill the slot; filling nothing lets the rule of the message's intent have its way."""
        if tracker.get_slot("requested_slot") != "centre_place":
            return []  # the form was opened by this very message, which has been answered
        place = _answered_place(tracker)
        if place == UNKNOWN_PLACE and not tracker.get_slot("missed"):
            say.utter_message(response="utter_centres_unknown_place")
            return [SlotSet("centre_place", None), SlotSet("missed", True)]
        return [] if place is None else [SlotSet("centre_place", place)]


def _is_told(tracker: Tracker) -> bool:
    return bool(tracker.get_slot("about") == ABOUT)


def _answered_place(tracker: Tracker) -> Slots | str | None:
    """The place that answers the open question; UNKNOWN_PLACE when it is one we do not know; None for other things."""
    text, intent = str(tracker.latest_message.get("text") or ""), intent_of(tracker)
    if text.startswith("/") or intent == EMERGENCY:
        return None
    finder, likely = content().places, _likely(tracker)
    if intent in MAY_BE_A_PLACE:
        if _is_told(tracker) and len(text.split()) > MAX_WORDS_UNASKED:
            return _slots(finder.exact(text))
        short = len(text.split()) <= MAX_WORDS_OF_A_PLACE
        found = _slots(finder.find(text, likely, whole=short))
        return found or (UNKNOWN_PLACE if short and not _is_told(tracker) else None)
    if intent in ("find_mrc", "greet"):  # "I am in Kampala" begins a talk as well
        return _slots(finder.find(text, likely))
    if intent == "affirm" and not _is_told(tracker) and len(set(likely)) == 1:
        return asdict(Where(likely[0]))  # the one country that was offered
    return _slots(finder.exact(text))  # "Nice" may look like thanks


def _where(tracker: Tracker) -> Slots | None:
    """Where to look according to the message itself."""
    latitude, longitude = _degrees(tracker, "latitude", 90), _degrees(tracker, "longitude", 180)
    if latitude is not None and longitude is not None:
        return asdict(at_position(latitude, longitude))
    country, text = entity(tracker, "country"), str(tracker.latest_message.get("text") or "")
    found = None if text.startswith("/") else content().places.find(text, [*filter(None, [country]), *_likely(tracker)])
    return _slots(found) or (asdict(Where(country)) if country else None)


def _slots(place: Place | None) -> Slots | None:
    if place is None:
        return None
    return asdict(in_town(place.city) if place.city else Where(place.country))


def _degrees(tracker: Tracker, name: str, most: float) -> float | None:
    """A coordinate of a shared location, which comes as a payload's entity; None when it is none."""
    try:
        value = float(entity(tracker, name) or "nan")
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _skip(tracker: Tracker) -> int:
    skip = entity(tracker, "skip") or "0"
    return int(skip) if skip.isdecimal() else 0


def _likely(tracker: Tracker) -> list[str]:
    return [code for slot in ("destination", "origin") if (code := tracker.get_slot(slot))]
