"""The form by which a recruiter is reported: what counts as an answer, and filing it."""

from __future__ import annotations

import datetime as dt

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    UNDERSTOOD,
    SafeAction,
    confidence_of,
    content,
    entity,
    holds_a_name,
    intent_of,
    is_likely,
    text_of,
)
from actions.registry import listed_name, say_verdict, who_is_named
from bot.conversations.offered import picked_number
from bot.knowledge.understood import EMERGENCY, FALLBACK, LONGEST_COMMAND, OUT_OF_SCOPE
from bot.registry import filing, names
from bot.registry.at_hand import at_hand
from bot.registry.lookup import CHOSEN
from bot.registry.query import load_cues
from bot.registry.replies import REPORT_CHECKED, REPORT_CHOICES, REPORT_GO_ON, REPORT_TOLD
from bot.registry.told_early import Early, sum_told
from bot.settings import load_settings

REPORT_SLOTS = ("report_what", "report_who", "report_where", "report_money", "report_contact")
CONFIRM = "report_confirm"
ANSWER_HERE = "report_answer_here"
SKIP = "report_skip"
LEAVES = ("stop", "menu", "change_language", "erase_my_data", "erase_confirmed")
"""What ends or changes the form by its own rule; a long message is a story all the same."""
MAX_WORDS_OF_A_WISH = 6
MOST_DIGITS_PICKED = 2
"""Digits of a choice; more are told."""
SMALL_TALK = ("thank", "greet", "goodbye", "talk_to_person")
NO_CORRECTION = (*SMALL_TALK, "affirm", "deny", "unsure", "report_recruiter")
SURE, LIKELY = 0.8, 0.4
WORD_ANSWERS = {
    ("report_contact", "affirm"): ANSWER_HERE,
    ("report_contact", "deny"): "report_anonymous",
    ("report_contact", "unsure"): "report_anonymous",
    ("report_money", "deny"): "report_none",
    ("report_money", "unsure"): SKIP,
    ("report_who", "unsure"): SKIP,
    ("report_who", "deny"): SKIP,
    ("report_where", "unsure"): SKIP,
    ("report_where", "deny"): SKIP,
}
"""What "yes", "no" and "I don't know" mean where the question leaves no doubt."""
MAY_TELL_EARLY = (FALLBACK, OUT_OF_SCOPE, "inform_country", "check_recruiter", "greet", "menu", "report_recruiter")
"""What the classifier makes, however surely, of a name, a place or a sum alone."""
DECLINED = {"report_who": SKIP, "report_where": SKIP, "report_money": SKIP, "report_contact": "report_anonymous"}
"""What "I would rather not say" is to a question; to what happened it is the end."""
ENDED: list[EventType] = [SlotSet(CONFIRM, "no"), SlotSet("requested_slot", None)]


class ValidateReportForm(SafeAction):
    """Takes the message as the answer to the open question, unless it is a refusal, a question or something else."""

    def name(self) -> str:
        """The action's name, which Rasa looks for when the form is open."""
        return "validate_report_form"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Fill the slot, ask again, or fill nothing, which lets the rule of the message's intent have its way."""
        slot, text = tracker.get_slot("requested_slot"), text_of(tracker)
        if slot != CONFIRM and slot not in REPORT_SLOTS:
            return _opened(tracker)  # by this very message
        if text.startswith("/"):
            return _picked(slot, tracker)
        cues = content().form_cues
        if cues.goes_on(text):
            return [SlotSet(slot, None)]
        if slot != CONFIRM and cues.stays_anonymous(text):
            unnamed = SlotSet("report_contact", "report_anonymous")  # that question needs not be asked any more
            return [unnamed] if slot == "report_contact" else [SlotSet(slot, None), unnamed]
        if cues.goes_back(text):
            return _gone_back(tracker, slot)
        meant = _meant(tracker, slot, text)
        if _leaves(tracker, text, meant):
            return []
        if cues.declines(text) and slot in DECLINED:
            return [SlotSet(slot, DECLINED[slot])]
        if cues.refuses(text) or cues.declines(text) or (slot == "report_what" and _says(tracker, "deny")):
            return ENDED
        if cues.asks_why(text):
            say.utter_message(response="utter_report_why")
            return [SlotSet(slot, None)]
        if slot != CONFIRM and (corrected := _corrected(tracker, slot, text)):
            say.utter_message(response="utter_report_noted")
            return corrected
        if _looks_somebody_up(tracker, slot, text):
            say_verdict(say, tracker, text, entity(tracker, "country"))
            return [SlotSet(slot, None)]
        if kept := _kept_for_another(tracker, slot, meant, text):
            say.utter_message(response="utter_report_noted")
            return kept
        if meant is None and _is_aside(tracker, text):
            return []
        if slot == CONFIRM:
            return _confirmed(say, tracker, text)
        return _told(say, tracker, slot, text)


class ActionFileReport(SafeAction):
    """Ends the report form: files the report when it was confirmed, else forgets it."""

    def name(self) -> str:
        """The action's name."""
        return "action_file_report"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """File or forget."""
        told = {slot.removeprefix("report_"): str(tracker.get_slot(slot) or "") for slot in REPORT_SLOTS}
        if tracker.get_slot(CONFIRM) == "yes":
            tools = at_hand.get()
            anonymous = told["contact"] != ANSWER_HERE
            filed = filing.report(tools.vault, told, anonymous, tracker.get_slot("language"))
            tools.filed.append(filed)
            say.utter_message(response="utter_report_filed", values={"reference": filed.reference})
        else:
            say.utter_message(response="utter_report_dropped")
        forgotten = [SlotSet(slot, None) for slot in (*REPORT_SLOTS, CONFIRM, "recruiter_asked")]
        return [*forgotten, SlotSet("about", "utter_report_recruiter"), UNDERSTOOD]


def _answered_before(tracker: Tracker, slot: str) -> str | None:
    """The question answered last before `slot`."""
    order = [*REPORT_SLOTS, CONFIRM]
    return next((one for one in reversed(order[: order.index(slot)]) if tracker.get_slot(one)), None)


def _gone_back(tracker: Tracker, slot: str) -> list[EventType]:
    """The question before is asked again; the first one is asked itself."""
    before = _answered_before(tracker, slot)
    return [SlotSet(slot, None), *([SlotSet(before, None)] if before else [])]


def _corrected(tracker: Tracker, slot: str, text: str) -> list[EventType]:
    """A correction of the name or place told before: both stay, for the staff to read; else nothing."""
    before, cues = _answered_before(tracker, slot), content().form_cues
    if before not in ("report_who", "report_where"):
        return []
    told = tracker.get_slot(before)
    corrects = (before == "report_who" and cues.corrects(text)) or (told != SKIP and cues.contradicts(text, told))
    if not corrects or text in told:  # who says it a second time means it as the answer
        return []
    return [SlotSet(slot, None), SlotSet(before, text if told == SKIP else f"{told}; {text}")]


def _opened(tracker: Tracker) -> list[EventType]:
    """What is known when the form is opened: the firm just looked up; a report on another firm is not gone on with."""
    checked, who = who_is_named(tracker) or _checked(tracker), tracker.get_slot("report_who")
    offer = SlotSet("recruiter_asked", checked)
    if not checked or who in (None, SKIP) or entity(tracker, "report_answer") == REPORT_GO_ON:
        return [offer]
    asked, told = names.parse(checked).key, names.parse(who).key
    if asked in told or told in asked:
        return [offer]
    return [offer, *(SlotSet(slot, None) for slot in (*REPORT_SLOTS, CONFIRM))]


def _checked(tracker: Tracker) -> str | None:
    """The name or number of the recruiter looked up last, to be offered; None for several, or one that is gone."""
    asked = tracker.get_slot("recruiter_asked")
    found = at_hand.get().registry.check(asked, dt.date.today()) if asked else None
    if found is None or found.named:
        return None
    if asked.startswith(CHOSEN):
        return found.matches[0].name if found.matches else None
    return found.query


def _picked(slot: str, tracker: Tracker) -> list[EventType]:
    """A choice: an answer to this question, or to an older one, which is passed over and the question asked again."""
    intent, answer = intent_of(tracker), entity(tracker, "report_answer")
    if slot == CONFIRM and intent in ("affirm", "deny"):
        return [SlotSet(slot, "yes" if intent == "affirm" else "no")]
    if slot == "report_who" and answer == REPORT_CHECKED:
        return _who(tracker.get_slot("recruiter_asked"))
    if slot == "report_money" and answer == REPORT_TOLD:
        return [SlotSet(slot, _offered(tracker, slot))]
    if intent in ("report_answer", "report_recruiter", "affirm", "deny", "unsure"):
        return [SlotSet(slot, answer if answer in REPORT_CHOICES.get(slot, ()) else None)]
    return []


def _offered(tracker: Tracker, slot: str) -> str | None:
    """What the question has as its first choice, because it was told before."""
    if slot == "report_who":
        return tracker.get_slot("recruiter_asked") or None
    return sum_told(tracker.get_slot("report_what") or "") if slot == "report_money" else None


def _leaves(tracker: Tracker, text: str, meant: str | None) -> bool:
    """Whether the message ends or changes the form, and is no name, place or sum that only looks so."""
    intent = intent_of(tracker)
    if intent == "erase_my_data" and confidence_of(tracker) < SURE:
        return False  # the "yes" that follows would erase all
    longest = LONGEST_COMMAND if intent == "menu" else MAX_WORDS_OF_A_WISH
    return intent == EMERGENCY or (intent in LEAVES and meant is None and len(text.split()) <= longest)


def _looks_somebody_up(tracker: Tracker, slot: str, text: str) -> bool:
    """Whether the message asks about a recruiter; to the question who it was, only a clear question does."""
    if intent_of(tracker) != "check_recruiter" or confidence_of(tracker) < LIKELY or slot == "report_what":
        return False
    asks = content().form_cues.is_question(text)
    return asks or (slot != "report_who" and at_hand.get().registry.read(text).is_question)


def _meant(tracker: Tracker, slot: str, text: str) -> str | None:
    """The question that the message surely answers by itself, whichever is open."""
    is_of_a_topic = intent_of(tracker) not in MAY_TELL_EARLY and confidence_of(tracker) >= SURE
    return None if slot == CONFIRM or is_of_a_topic else _early().question(text, slot)


def _kept_for_another(tracker: Tracker, slot: str, meant: str | None, text: str) -> list[EventType]:
    """Keeps an answer to another question than the open one, which is asked again; empty where it is told already."""
    if meant is None or meant == slot or slot == "report_contact":
        return []
    known = tracker.get_slot(meant)
    if known in (None, SKIP):
        return [SlotSet(slot, None), *_taken(meant, text)]
    # who tells it a second time means it as the answer
    more = slot == "report_what" and known not in REPORT_CHOICES[meant] and text not in known
    return [SlotSet(slot, None), SlotSet(meant, f"{known}, {text}")] if more else []


def _early() -> Early:
    return Early(at_hand.get().registry, content(), load_cues(load_settings().content_dir))


def _named_in(story: str) -> str | None:
    """The recruiter whom a story names, to be offered: as listed, else by the capital letters."""
    return listed_name(story) or _early().firm(story)


def _is_aside(tracker: Tracker, text: str) -> bool:
    """Whether the message asks or says something beside the form that has an answer of its own."""
    intent = intent_of(tracker)
    if intent in SMALL_TALK and not holds_a_name(text):
        return confidence_of(tracker) >= SURE and len(text.split()) <= MAX_WORDS_OF_A_WISH
    no_topic = intent in (FALLBACK, OUT_OF_SCOPE, "affirm", "deny", "unsure", "report_recruiter", "inform_country")
    return not no_topic and confidence_of(tracker) >= LIKELY and content().form_cues.is_question(text)


def _confirmed(say: CollectingDispatcher, tracker: Tracker, text: str) -> list[EventType]:
    """Yes or no; anything else is told that nothing is sent yet, and asked again."""
    if _says(tracker, "affirm") and not content().form_cues.hesitates(text):
        return [SlotSet(CONFIRM, "yes")]
    if _says(tracker, "deny"):
        return [SlotSet(CONFIRM, "no")]
    tells = len(text.split()) > 1 or sum(map(str.isdigit, text)) > MOST_DIGITS_PICKED
    if tells and intent_of(tracker) not in NO_CORRECTION and not content().form_cues.is_yes_or_no(text):
        # a correction is for the staff to read: which answer it changes is not guessed
        say.utter_message(response="utter_report_noted")
        told = tracker.get_slot("report_what") or ""
        if told in REPORT_CHOICES["report_what"]:
            told = content().label(told, tracker.get_slot("language") or load_settings().default_language)
        return [SlotSet("report_what", f"{told}\n{text}"), SlotSet(CONFIRM, None)]
    say.utter_message(response="utter_report_confirm_again")
    return [SlotSet(CONFIRM, None)]


def _told(say: CollectingDispatcher, tracker: Tracker, slot: str, text: str) -> list[EventType]:
    intent = intent_of(tracker)
    if intent in ("affirm", "deny", "unsure") and _says(tracker, intent):
        if intent != "unsure" and (offered := _offered(tracker, slot)):
            return _taken(slot, offered) if intent == "affirm" else _not_taken(slot)
        return [SlotSet(slot, WORD_ANSWERS.get((slot, intent)))]
    if intent == "report_recruiter" and len(text.replace("_", " ").split()) <= 3 and confidence_of(tracker) >= SURE:
        return [SlotSet(slot, None)]  # the form's own title says nothing of what happened
    if content().form_cues.is_yes_or_no(text):
        return [SlotSet(slot, None)]  # which of the two is in doubt
    if slot != "report_money" and picked_number(text) is not None:
        return [SlotSet(slot, None)]  # a choice that was not offered
    if is_likely(tracker, EMERGENCY):
        say.utter_message(response="utter_report_danger")
    # what holds a number tells where else to answer, and is kept
    if slot == "report_contact" and content().form_cues.wants_answer(text) and not any(map(str.isdigit, text)):
        return [SlotSet(slot, ANSWER_HERE)]
    if slot == "report_what" and tracker.get_slot("report_who") is None and (named := _named_in(text)):
        return [SlotSet(slot, text), SlotSet("recruiter_asked", named)]
    return _taken(slot, text)


def _taken(slot: str, answer: str) -> list[EventType]:
    return _who(answer) if slot == "report_who" else [SlotSet(slot, answer)]


def _not_taken(slot: str) -> list[EventType]:
    """A "no" to what was offered: asked again, a recruiter without the offer."""
    return [SlotSet(slot, None), *([SlotSet("recruiter_asked", None)] if slot == "report_who" else [])]


def _who(name: str) -> list[EventType]:
    """The recruiter reported; what is looked up from now on may be another one."""
    return [SlotSet("report_who", content().form_cues.without_lead(name) or name), SlotSet("recruiter_asked", None)]


def _says(tracker: Tracker, intent: str) -> bool:
    """Whether the message is short and surely says yes, no or "I don't know"."""
    short = len(text_of(tracker).split()) <= MAX_WORDS_OF_A_WISH
    return short and intent_of(tracker) == intent and confidence_of(tracker) >= LIKELY
