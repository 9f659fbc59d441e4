"""From a message to what the dialogue is asked: one question or two, a follow-up, an answer to a course's question."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.knowledge.answers import payload
from bot.knowledge.course_replies import Place, picked_by_words
from bot.knowledge.danger_cues import HELP, OF_OTHERS
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.understood import EMERGENCY, FALLBACK, LONGEST_COMMAND, OUT_OF_SCOPE
from bot.knowledge.words import plain
from bot.registry.replies import REPORT_CHOICES, REPORT_GO_ON
from bot.safety.emergency import lexicon_of

Parse = dict[str, Any]
Understand = Callable[[str, "str | None"], Awaitable[Parse]]
"""From a text and the language spoken so far to Rasa's parse."""
SURE = 0.6
"""The probability of being right from which a part of a message counts as a question of its own."""
LIKELY_IN_DANGER = 0.4
"""The share from which a topic is offered to who asked for help right before."""
WEAK, LIKELY = 0.6, 0.25
"""An answer outside any question, less sure than WEAK, gives way to a topic with at least the share LIKELY."""
LANGUAGE = "language"
ANSWERS = ("affirm", "deny", "unsure")
STOP = "stop"
THANK = "thank"
KEPT_IN_DANGER = ("talk_to_person", "erase_my_data", "safe_now", "change_language")
"""What is done as it is asked, also in open danger."""
OF_AGE = 18
"""Years from which nobody is a child (Convention on the Rights of the Child, article 1)."""
OLDEST = 99
LONGEST_PLACE = 6
"""Words of a message that may be nothing but where somebody is."""


@dataclass(frozen=True)
class Asked:
    """One thing that the dialogue is to answer; `parse` is Rasa's, where the text was understood already."""

    text: str
    parse: Parse | None = None


@dataclass(frozen=True)
class Before:
    """What the dialogue remembers that decides how a message is read."""

    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None

    @classmethod
    def of(cls, state: str | None) -> Before:
        """Read the state that the last turn gave back."""
        return cls(**json.loads(state)) if state else cls()

    @property
    def language(self) -> str | None:
        """The language spoken so far."""
        return self.slots.get("language")


async def read(text: str, before: Before, knowledge: Knowledge, understand: Understand) -> tuple[Asked, ...]:
    """What `text` asks, in order: one thing, or at most two questions. A call for help is always one."""
    if before.form:
        return (Asked(text, _placed(text, await understand(text, before.language), knowledge)),)
    for lean in (_picked, _report_gone_on_with, _follow_up):
        if leaning := lean(text, before, knowledge):
            return (leaning,)
    whole = await understand(text, before.language)
    in_danger = before.slots.get("about") in HELP
    may_be_over = in_danger or (
        _name(whole) in (EMERGENCY, FALLBACK) and not knowledge.form_cues.goes_back(text)  # "I made a mistake"
    )
    if may_be_over and _all_clear(text, knowledge):
        return (_as("safe_now", text, whole),)
    asked = knowledge.danger_cues.asked_after(before.slots["about"], text) if in_danger else None
    if asked and _name(whole) != "erase_my_data":
        return (_as(asked, text, whole),)
    if _name(whole) == EMERGENCY:
        return (Asked(text, _placed(text, whole, knowledge)),)
    if in_danger and (still := _still_in_danger(text, whole, before, knowledge)):
        return (still,)
    if presented := _presented(text, whole, knowledge):
        return (presented,)
    if country := _only_a_country(text, whole, before):
        return (country,)
    two = await _two_questions(text, whole, before, knowledge, understand)
    return two or (Asked(text, _reconsidered(whole, before, knowledge)),)


def _still_in_danger(text: str, whole: Parse, before: Before, knowledge: Knowledge) -> Asked | None:
    """What follows help in an emergency: who it is about and where, or words that would lead away from help."""
    cues, name, of_others = knowledge.danger_cues, _name(whole), before.slots.get("about") in OF_OTHERS
    if name == THANK:
        return Asked(payload(EMERGENCY))
    if cues.is_still(text) and name not in KEPT_IN_DANGER:
        return _as(EMERGENCY, text, whole)
    is_name = name == "greet" or (name == "menu" and len(text.split()) > LONGEST_COMMAND)
    unknown = name in (FALLBACK, OUT_OF_SCOPE) or is_name or cues.says_nothing(text, whole["entities"])
    if unknown and not of_others and cues.help_for(text) in OF_OTHERS:
        return _as(EMERGENCY, text, whole)  # "it is not me, it is my sister"
    if name == FALLBACK and _likely_topic(whole, knowledge, LIKELY_IN_DANGER):
        return None  # it is offered: "what about my salary?"
    doubtful_end = name == STOP and _confidence(whole) < WEAK  # "please hurry"
    leads_away = unknown or doubtful_end or name in ANSWERS
    more = knowledge.keywords.get("more")
    if more and plain(text) in map(plain, more.words):
        return Asked(payload(EMERGENCY))  # nothing is left to say, and a town in Cameroon has that name
    if len(text.split()) <= LONGEST_PLACE:
        if of_others and whole["entities"] and cues.is_of_the_writer(text):
            return _as("inform_country", text, {**whole, "entities": [_at_home(one) for one in whole["entities"]]})
        named = _countries(whole)
        if _countries(whole, "origin") and not named:
            return _as("inform_country", text, whole)
        # read freely only where nothing else was understood: "labda, sijui" must not become a town of Libya
        place = knowledge.places.exact(text) or (knowledge.places.find(text) if unknown and not is_name else None)
        country = named[0] if named else place.country if place else None
        if country:
            return Asked(payload("inform_country", country=country))
    return Asked(payload(EMERGENCY)) if leads_away else None


def _all_clear(text: str, knowledge: Knowledge) -> bool:
    """Whether `text` says that nobody is in danger any more, and has no word of danger."""
    return knowledge.danger_cues.all_clear(text) and not lexicon_of(knowledge).calls_for_help(text)


def _placed(text: str, whole: Parse, knowledge: Knowledge) -> Parse:
    """A call for help with its countries told apart: a country named without more is where the danger is.

    Who calls for somebody in another country names their own too: help is looked for where that one is.
    """
    if _name(whole) != EMERGENCY:
        return whole
    cues = knowledge.danger_cues
    apart = len(set(_countries(whole))) > 1 and cues.help_for(text) in OF_OTHERS

    def told(one: dict[str, Any]) -> dict[str, Any]:
        if one["entity"] != "country":
            return one
        if apart and cues.ends_where_the_writer_is(text[: one["start"]]):
            return _at_home(one)
        return {"role": "destination", **one}

    return {**whole, "entities": [told(one) for one in whole["entities"]]}


def _at_home(entity: dict[str, Any]) -> dict[str, Any]:
    """A country as that of who writes for somebody else: "I am in Kenya" says nothing of where that one is."""
    return {**entity, "role": "origin"} if entity["entity"] == "country" else entity


def _as(intent: str, text: str, whole: Parse) -> Asked:
    """The message read as `intent`, with all that is known of it."""
    return Asked(text, {**whole, "intent": {"name": intent, "confidence": 1.0}})


def _presented(text: str, whole: Parse, knowledge: Knowledge) -> Asked | None:
    """Who tells only who or where they are: their country, else a welcome; a child's age is answered as such."""
    words = plain(text).split()
    if _name(whole) in ANSWERS:
        return None  # "no" is Portuguese for "in the" too
    if all(map(str.isdigit, words)) or not knowledge.danger_cues.says_nothing(text, whole["entities"]):
        return None
    if any(entity["entity"] == "country" for entity in whole["entities"]):
        intent = "inform_country"
    elif all(OF_AGE <= int(word) <= OLDEST for word in words if word.isdigit()):
        intent = "greet"
    else:
        return None
    return _as(intent, text, whole)


def _only_a_country(text: str, whole: Parse, before: Before) -> Asked | None:
    """A country and nothing else, or in few words that say nothing else after a topic: "and in Qatar?"."""
    named = [entity for entity in whole["entities"] if entity["entity"] == "country"]
    if len(named) != 1 or len(text.split()) > LONGEST_PLACE:
        return None
    # "not that, I meant Kuwait" is no answer to anything
    says_no_more = _name(whole) in (FALLBACK, OUT_OF_SCOPE, *ANSWERS) or _confidence(whole) < WEAK
    is_all = not plain(text[: named[0]["start"]] + text[named[0]["end"] :])
    if not says_no_more or not (is_all or before.slots.get("about")):
        return None
    return Asked(payload("inform_country", country=named[0]["value"]))


def _picked(text: str, before: Before, knowledge: Knowledge) -> Asked | None:
    """The option of the open course that the words are."""
    course = knowledge.courses.get(before.slots.get("course_open") or "")
    number = (before.slots.get("course_places") or {}).get(course.id) if course else None
    if course is None or not number or number > len(course.steps) or before.language not in knowledge.languages:
        return None
    picked = picked_by_words(course, Place(course.id, number), before.language or "", text)
    return Asked(picked) if picked else None


def _report_gone_on_with(text: str, before: Before, knowledge: Knowledge) -> Asked | None:
    """A report that was stopped after an answer, taken up again: "continue"."""
    goes_on = any(map(before.slots.get, REPORT_CHOICES)) and knowledge.form_cues.goes_on(text)
    return Asked(payload("report_recruiter", report_answer=REPORT_GO_ON)) if goes_on else None


def _follow_up(text: str, before: Before, knowledge: Knowledge) -> Asked | None:
    """What answers a message that leans on the topic before: a topic, or an offer of several."""
    about = knowledge.topics.get(before.slots.get("about") or "")
    kind = knowledge.follow_up_finder.find(text) if about else None
    if about is None or kind is None:
        return None
    ids = kind.answer(about)
    if len(ids) == 1:
        return Asked(payload("course", course=ids[0]) if ids[0] in knowledge.courses else payload(ids[0]))
    ranking = [{"name": id, "confidence": 1.0} for id in ids if id in knowledge.topics]
    unsure = {"name": FALLBACK, "confidence": 0.0}
    return Asked(text, {"text": text, "intent": unsure, "intent_ranking": ranking, "entities": []})


async def _two_questions(
    text: str, whole: Parse, before: Before, knowledge: Knowledge, understand: Understand
) -> tuple[Asked, ...]:
    """Both questions of `text`, when each is a topic of its own that is clearly understood; else nothing."""
    parts = knowledge.questions.parts(text)
    if parts is None:
        return ()
    parses = [await understand(part, before.language) for part in parts]
    names = [_name(parse) for parse in parses]
    if names[0] == names[1] or any(name not in knowledge.topics for name in names):
        return ()
    if any(_confidence(parse) < SURE for parse in parses):
        return ()
    first, second = (_without_language(parse) for parse in parses)  # the whole tells it better than its parts
    first["entities"] += [entity for entity in whole["entities"] if entity["entity"] == LANGUAGE]
    return Asked(parts[0], first), Asked(parts[1], second)


def _without_language(parse: Parse) -> Parse:
    return {**parse, "entities": [entity for entity in parse["entities"] if entity["entity"] != LANGUAGE]}


def _reconsidered(whole: Parse, before: Before, knowledge: Knowledge) -> Parse:
    """`whole`; where it may be a yes or no, and nothing was asked, the topic that it may be: "I have not been paid"."""
    if before.slots.get("erase_asked"):
        return whole
    doubtful_wish = _name(whole) in (STOP, "menu") and _confidence(whole) < WEAK  # "how can I stop it"
    if doubtful_wish and len(whole["text"].split()) > LONGEST_COMMAND:
        return {**whole, "intent": {"name": FALLBACK, "confidence": 0.0}}
    doubtful = _name(whole) in ANSWERS and _confidence(whole) < WEAK
    between = _name(whole) == FALLBACK and any(r["name"] in ANSWERS for r in whole["intent_ranking"][:2])
    if not doubtful and not between:
        return whole
    likely = _likely_topic(whole, knowledge, LIKELY)
    return {**whole, "intent": {"name": likely["name"], "confidence": likely["confidence"]}} if likely else whole


def _likely_topic(whole: Parse, knowledge: Knowledge, least: float) -> dict[str, Any] | None:
    """The likeliest topic, where it has at least the share `least`."""
    return next(
        (r for r in whole["intent_ranking"] if r["name"] in knowledge.topics and r["confidence"] >= least), None
    )


def _countries(parse: Parse, *roles: str) -> list[str]:
    """The countries where the person is or goes; those with one of `roles` where these are given."""
    found = [(one["value"], one.get("role")) for one in parse["entities"] if one["entity"] == "country"]
    return [code for code, role in found if (role in roles if roles else role != "origin")]


def _name(parse: Parse) -> str:
    return str((parse.get("intent") or {}).get("name") or "")


def _confidence(parse: Parse) -> float:
    return float((parse.get("intent") or {}).get("confidence") or 0.0)
