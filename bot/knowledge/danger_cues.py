"""Which help a call for help needs, and what is none: `content/danger_cues.yml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

from bot.knowledge.form_cues import Patterns, phrases_of
from bot.knowledge.words import PhraseFinder, is_asked, plain

DANGER, LIFE, HEALTH = "utter_emergency", "utter_emergency_life", "utter_emergency_health"
SOMEBODY_ELSE, LIFE_OF_SOMEBODY_ELSE = "utter_emergency_others", "utter_emergency_others_life"
OF_OTHERS = (SOMEBODY_ELSE, LIFE_OF_SOMEBODY_ELSE)
LIFE_AND_HEALTH = (LIFE, HEALTH, LIFE_OF_SOMEBODY_ELSE)
"""Help that cannot wait for an answer to something else."""
HELP = (DANGER, LIFE, HEALTH, *OF_OTHERS)
"""The utterances that give help in an emergency."""
LONGEST_ALL_CLEAR = 8
"""Words of "I am safe now"; in a longer message a "but" may follow."""
SUM = re.compile(r"\d{3,6}|\d{1,4}k")
"""A sum without a currency: fewer digits tell an age or a time, more a phone number."""
EMPTY = "empty"
QUESTIONS = (
    ("life", "alive", "health"),
    ("others", "own", "telling"),
    ("safe", "doubt"),
    ("pay", "unasked"),
    ("bills",),
    ("release",),
    ("owed",),
    ("demanded",),
    ("thousands",),
    ("heard",),
    ("silent", "aloud"),
    ("airtime",),
    ("still",),
    ("here",),
)
"""Groups of which the longest phrase counts: what is needed, by whom, whether it is over, and what is asked beside."""
LONGEST_HERE = 4
"""Words before a country that say it is where somebody is."""
LONGEST_STILL = 8
"""Words of a message that says in open danger what hinders its writer; a longer one asks something of its own."""
PAY_TO_FREE, PAY_TO_LEAVE, CANNOT_CALL = "pay_to_free", "pay_to_leave", "cannot_call"


class DangerCues:
    """Tells calls for help apart, in all languages at once.

    Args:
        groups: patterns by group and language; None knows no words at all.
    """

    def __init__(self, groups: Patterns | None = None) -> None:
        groups = {key: {} for key in [EMPTY, *chain(*QUESTIONS)]} if groups is None else groups
        self._empty = {word for phrase in phrases_of(groups[EMPTY]) for word in plain(phrase).split()}
        self._finders = [
            PhraseFinder({p: name for name in names for p in phrases_of(groups[name])}) for names in QUESTIONS
        ]

    def help_for(self, text: str) -> str:
        """The utterance of HELP that answers a call for help; the writer counts as the one in danger when in doubt."""
        found = self._groups_in(text)
        elsewhere = "others" in found and "own" not in found
        if "life" in found:
            return LIFE_OF_SOMEBODY_ELSE if elsewhere else LIFE
        if "health" in found:
            return HEALTH  # an ambulance is called in the same words for anybody
        return SOMEBODY_ELSE if elsewhere else DANGER

    def asked_after(self, help_id: str, text: str) -> str | None:
        """The intent of what `text` asks beside help: what to do where money is asked, or how to be helped unheard.

        Args:
            help_id: one of HELP.
        """
        needed = self.help_for(text)
        if needed in LIFE_AND_HEALTH and needed != help_id:
            return None  # that comes first now
        found = self._groups_in(text)
        if help_id in OF_OTHERS:
            return PAY_TO_FREE if "pay" in found and "bills" not in found else None
        # who wants to die, or has not the breath, "can't talk" for other reasons
        silent = help_id == DANGER and "silent" in found and "airtime" not in found
        if "heard" in found or silent:
            return CANNOT_CALL
        return PAY_TO_LEAVE if help_id == DANGER and _is_held_for_money(found, text) else None

    def is_of_the_writer(self, text: str) -> bool:
        """Whether `text` speaks of its writer and not of somebody else: "I am in Kenya"."""
        found = self._groups_in(text)
        return "others" not in found and not found.isdisjoint(("own", "telling"))

    def is_still(self, text: str) -> bool:
        """Whether `text`, said in open danger, tells what keeps its writer from help."""
        return len(plain(text).split()) <= LONGEST_STILL and "still" in self._groups_in(text)

    def ends_where_the_writer_is(self, text: str) -> bool:
        """Whether `text`, cut before a country, says that it is the one where its writer is: "..., we are in"."""
        words = plain(text).split()
        return any(
            found.value == "here" and found.phrase == " ".join(words[-len(found.phrase.split()) :])
            for finder in self._finders
            for found in finder.find(" ".join(words[-LONGEST_HERE:]))
        )

    def all_clear(self, text: str) -> bool:
        """Whether `text` says in few words that nobody is in danger, and does not ask."""
        if len(plain(text).split()) > LONGEST_ALL_CLEAR or is_asked(text):
            return False
        found = self._groups_in(text)
        return "safe" in found and "doubt" not in found

    def says_nothing(
        self, text: str, entities: Iterable[Mapping[str, Any]], is_place: Callable[[str], bool] = lambda name: False
    ) -> bool:
        """Whether `text` has only places, numbers, and words that say nothing alone: "I am 22", "niko hapa Qatar".

        Args:
            entities: those of Rasa's parse; `start` and `end` of one with the name `country` are its place in `text`.
            is_place: whether a name is a town's.
        """
        for one in sorted((e for e in entities if e["entity"] == "country"), key=lambda e: -e["start"]):
            text = f"{text[: one['start']]} {text[one['end'] :]}"
        rest = [word for word in plain(text).split() if word not in self._empty and not word.isdigit()]
        return not rest or is_place(" ".join(rest))

    def _groups_in(self, text: str) -> set[str]:
        return {found.value for finder in self._finders for found in finder.find(text)}


def _is_held_for_money(found: set[str], text: str) -> bool:
    """Whether money is asked of somebody in danger: in words or as a sum to be let go, or for nothing else named."""
    is_sum = "thousands" in found or any(map(SUM.fullmatch, plain(text).split()))
    if "release" in found:
        return "pay" in found or ("demanded" in found and is_sum)
    return "pay" in found and "owed" in found and "bills" not in found
