"""Looking a recruiter up, watching one, and reporting one: thin over `bot.registry`."""

from __future__ import annotations

import datetime as dt

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNDERSTOOD, SafeAction, entity, intent_of
from bot.registry import filing
from bot.registry.desk import current_desk
from bot.registry.lookup import CHOSEN
from bot.registry.verdict import Ruling

ABOUT_RECRUITER = "utter_check_recruiter"
"""What the slot `about` holds after a look-up: a country named next narrows it."""
REPORT_SLOTS = ("report_what", "report_who", "report_where", "report_money", "report_contact")
ANSWER_HERE = "report_answer_here"


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
            if text.startswith("/") or current_desk.get().registry.read(text).is_empty:
                text = None
        return [SlotSet("recruiter", text), SlotSet("requested_slot", None)]


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
    registry, today = current_desk.get().registry, dt.date.today()
    verdict = registry.check(asked, today, country)
    if verdict.ruling is Ruling.NOT_FOUND and country and intent_of(tracker) == "check_recruiter":
        # the country may be a word of the name, as in "Kuwait Overseas", or where the work is
        anywhere = registry.check(asked, today)
        verdict = anywhere if anywhere.matches and anywhere.matches[0].score == 1.0 else verdict
    if country is None and verdict.ruling is Ruling.AMBIGUOUS and len(verdict.countries) > 1:
        for own in (tracker.get_slot("origin"), tracker.get_slot("destination")):
            if own in verdict.countries:
                verdict = registry.check(asked, today, own)
                break
    current_desk.get().filed.append(filing.FiledLookup(verdict.ruling.value, tracker.get_slot("language")))
    say.utter_message(response="utter_registry", verdict=verdict)
    kept = asked if len(asked) <= 200 and not asked.startswith(CHOSEN) else None
    return [
        SlotSet("recruiter", None), SlotSet("recruiter_asked", kept), SlotSet("about", ABOUT_RECRUITER), UNDERSTOOD,
    ]  # fmt: skip


class ActionWatchRecruiter(SafeAction):
    """Notes that a person wishes to be told of changes, or no longer."""

    def name(self) -> str:
        """The action's name."""
        return "action_watch_recruiter"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """File the wish and confirm it."""
        chosen, on = entity(tracker, "recruiter") or "", intent_of(tracker) == "watch_recruiter"
        desk = current_desk.get()
        found = desk.registry.check(chosen, dt.date.today()).matches if chosen.startswith(CHOSEN) else ()
        if on and not found:
            say.utter_message(response="utter_ask_recruiter")
            return [UNDERSTOOD]
        if chosen.removeprefix(CHOSEN).isdecimal():
            desk.filed.append(filing.FiledWatch(int(chosen.removeprefix(CHOSEN)), on))
        say.utter_message(response="utter_watch", on=on, name=found[0].name if found else "", entry=chosen)
        return [UNDERSTOOD]


class ActionFileReport(SafeAction):
    """Ends the report form: files the report when it was confirmed, else forgets it."""

    def name(self) -> str:
        """The action's name."""
        return "action_file_report"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """File or forget."""
        told = {slot.removeprefix("report_"): str(tracker.get_slot(slot) or "") for slot in REPORT_SLOTS}
        if tracker.get_slot("report_confirm") == "yes":
            desk = current_desk.get()
            anonymous = told["contact"] != ANSWER_HERE
            filed = filing.report(desk.vault, told, anonymous, tracker.get_slot("language"))
            desk.filed.append(filed)
            say.utter_message(response="utter_report_filed", values={"reference": filed.reference})
        else:
            say.utter_message(response="utter_report_dropped")
        forgotten = [SlotSet(slot, None) for slot in (*REPORT_SLOTS, "report_confirm")]
        return [*forgotten, SlotSet("about", "utter_report_recruiter"), UNDERSTOOD]
