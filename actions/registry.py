"""Looking a recruiter up and watching one: thin over `bot.registry`."""

from __future__ import annotations

import datetime as dt

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNDERSTOOD, SafeAction, confidence_of, content, entity, holds_a_name, intent_of, text_of
from bot.conversations.offered import picked_number
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE
from bot.registry import filing
from bot.registry.at_hand import at_hand
from bot.registry.lookup import CHOSEN
from bot.registry.verdict import How, Ruling

ABOUT_RECRUITER = "utter_check_recruiter"
"""What the slot `about` holds after a look-up: a country named next narrows it."""
SURE, LIKELY = 0.8, 0.5
ASK_AGAIN = ("affirm", "inform_country")
LEAVES = ("stop", "menu", "change_language", "erase_my_data", "erase_confirmed")
SMALL_TALK = ("thank", "greet", "goodbye", "talk_to_person", "affirm", "deny", "unsure", "find_mrc", "risk_check")
UNSETTLED = (Ruling.AMBIGUOUS, Ruling.IMITATION, Ruling.OTHER_HOLDER, Ruling.SEVERAL)
"""Verdicts that leave open which firm is meant."""
MAY_BE_A_NAME = (FALLBACK, OUT_OF_SCOPE, "inform_country", "check_recruiter")
"""What the classifier makes of a firm's name alone."""


class ActionNoteRecruiter(SafeAction):
    """Takes the recruiter out of the message that asks; without one, the form asks for it."""

    def name(self) -> str:
        """The action's name."""
        return "action_note_recruiter"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Note it."""
        text = entity(tracker, "recruiter")
        if text is None:
            text = tracker.latest_message.get("text") or ""
            if text.startswith("/") or not _names_somebody(text):
                text = None
        return [SlotSet("recruiter", text), SlotSet("requested_slot", None)]


class ValidateRecruiterForm(SafeAction):
    """Takes the message as the recruiter asked for, unless it is surely something else."""

    def name(self) -> str:
        """The action's name, which Rasa looks for when the form is open."""
        return "validate_recruiter_form"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Fill the slot; filling nothing lets the rule of the message's intent have its way."""
        if tracker.get_slot("requested_slot") != "recruiter":
            return []  # the form was opened by this very message
        text, intent = text_of(tracker), intent_of(tracker)
        if text.startswith("/") or intent == EMERGENCY:
            return []
        if picked_number(text) is not None:
            return [SlotSet("recruiter", None)]  # a choice that was not offered
        if intent in LEAVES and not at_hand.get().registry.names_struck_off(text):
            return []
        if _names_somebody(text) and _may_be_a_recruiter(tracker, text):
            return [SlotSet("recruiter", text)]
        return [SlotSet("recruiter", None)] if intent in ASK_AGAIN else []


def _names_somebody(text: str) -> bool:
    registry = at_hand.get().registry
    return registry.names_struck_off(text) or not registry.read(text).is_empty


def _may_be_a_recruiter(tracker: Tracker, text: str) -> bool:
    """Whether the words may name somebody: the lists know them, or the classifier has nothing better to say."""
    registry, intent, confidence = at_hand.get().registry, intent_of(tracker), confidence_of(tracker)
    if registry.is_named_in_full(text):
        return True
    if intent == "greet" and holds_a_name(text):
        return True
    if intent in SMALL_TALK and confidence >= SURE:
        return False
    is_aside = content().form_cues.is_question(text) and not registry.read(text).is_question
    if intent in MAY_BE_A_NAME and not is_aside:
        return True
    if confidence < LIKELY and not is_aside:
        return True
    return bool(registry.check(text, dt.date.today()).matches)


class ActionCheckRecruiter(SafeAction):
    """Says the verdict on the recruiter asked for."""

    def name(self) -> str:
        """The action's name."""
        return "action_check_recruiter"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Look up and say."""
        asked = entity(tracker, "recruiter") or tracker.get_slot("recruiter") or ""
        country = entity(tracker, "country") if intent_of(tracker) == "check_recruiter" else None
        return check(say, tracker, asked, country)


def check(say: CollectingDispatcher, tracker: Tracker, asked: str, country: str | None) -> list[EventType]:
    """Say the verdict on `asked`; the person's own countries decide only between namesakes."""
    say_verdict(say, tracker, asked, country)
    kept = asked if len(asked) <= 200 else None
    return [
        SlotSet("recruiter", None), SlotSet("recruiter_asked", kept), SlotSet("about", ABOUT_RECRUITER), UNDERSTOOD,
    ]  # fmt: skip


def say_verdict(say: CollectingDispatcher, tracker: Tracker, asked: str, country: str | None) -> None:
    """Say the verdict on `asked` and nothing else."""
    registry, today = at_hand.get().registry, dt.date.today()
    verdict = registry.check(asked, today, country)
    if country is None and verdict.ruling is Ruling.AMBIGUOUS and len(verdict.countries) > 1:
        for own in (tracker.get_slot("origin"), tracker.get_slot("destination")):
            if own in verdict.countries:
                verdict = registry.check(asked, today, own)
                break
    at_hand.get().filed.append(filing.FiledLookup(verdict.ruling.value, tracker.get_slot("language")))
    say.utter_message(response="utter_registry", verdict=verdict)


def who_is_named(tracker: Tracker) -> str | None:
    """The recruiter that the message names beside its wish: as it is listed, else as it is written."""
    text, registry = text_of(tracker), at_hand.get().registry
    if text.startswith("/"):
        return None
    if listed := listed_name(text):
        return listed
    name = registry.read(text).name
    # the capital letter of a sentence's first word tells no name
    return name if name and not text.startswith(name) and registry.looks_like_a_name(name) else None


def listed_name(text: str) -> str | None:
    """The recruiter of the lists whom the words surely name."""
    found = at_hand.get().registry.check(text, dt.date.today()).matches
    return found[0].name if found and found[0].how is not How.SIMILAR else None


class ActionWatchRecruiter(SafeAction):
    """Notes that a person wishes to be told of changes, or no longer: of a firm picked or named, else of any."""

    def name(self) -> str:
        """The action's name."""
        return "action_watch_recruiter"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """File the wish and confirm it; a watch is only ever of one entry, which the person has picked or named."""
        tools, chosen = at_hand.get(), (entity(tracker, "recruiter") or "").removeprefix(CHOSEN)
        named = f"{CHOSEN}{chosen}" if chosen else who_is_named(tracker)
        asked = named or tracker.get_slot("recruiter_asked")
        if intent_of(tracker) != "watch_recruiter":
            gone = tools.registry.check(named, dt.date.today()).matches if named and not chosen else ()
            ended = gone[0].entry_id if gone else int(chosen) if chosen.isdecimal() else None
            tools.filed.append(filing.FiledWatch(ended, on=False))
            say.utter_message(response="utter_watch", hit=None)
            return [UNDERSTOOD]
        found = tools.registry.check(asked, dt.date.today()) if asked else None
        if found is None:
            return [ActiveLoop("recruiter_form"), SlotSet("recruiter", None), UNDERSTOOD]
        if not found.matches or found.ruling in UNSETTLED:
            say.utter_message(response="utter_registry", verdict=found)
            return [SlotSet("about", ABOUT_RECRUITER), UNDERSTOOD]
        tools.filed.append(filing.FiledWatch(found.matches[0].entry_id, on=True))
        say.utter_message(response="utter_watch", hit=found.matches[0])
        return [UNDERSTOOD]
