"""Words by which a message in the middle of a form is no answer: `content/form_cues.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from bot.knowledge.words import PhraseFinder, as_written, expanded, is_asked, plain

LONGEST_ASIDE = 12
"""Words of a refusal or question; a longer message tells what happened, whatever it begins with."""

SHORTEST_NAMED = 3
"""Letters of a word by which an answer is named again."""

Patterns = dict[str, dict[str, list[str]]]
"""Patterns of phrases by group and language."""
FOUND = (
    "refusals", "declines", "hesitations", "why", "questions", "negations", "wants_answer", "goes_on",
    "goes_back", "yes_first", "no_first", "corrects", "contradicts", "anonymous",
    "beside_names", "beside_places",
)  # fmt: skip
"""Groups that are looked for by themselves."""
SUMS = ("beside_sums", "numbers", "sums")
"""Groups of a sum's words; the later wins where two have one word."""


class FormCues:
    """Tells refusals, hesitations and questions from answers, in all languages at once.

    Args:
        groups: patterns by group and language; None knows no words at all.
    """

    def __init__(self, groups: Patterns | None = None) -> None:
        groups = {key: {} for key in [*FOUND, *SUMS, "yes_no"]} if groups is None else groups
        self._finders = {name: _finder(groups[name]) for name in FOUND}
        self._yes_no = {_once(phrase) for phrase in phrases_of(groups["yes_no"])}
        self._sums = PhraseFinder({phrase: group for group in SUMS for phrase in phrases_of(groups[group])})

    def refuses(self, text: str) -> bool:
        """Whether `text` begins by saying that the person will not go on."""
        return self._begins("refusals", text)

    def declines(self, text: str) -> bool:
        """Whether `text` begins by saying that this one question is not to be answered."""
        return self._begins("declines", text)

    def without_lead(self, text: str) -> str:
        """`text` without words such as "his name is" before it."""
        found = next(self._finders["beside_names"].among(plain(text).split()), None)
        if found is None or found.before:
            return text
        return " ".join(as_written(text).split()[len(found.phrase.split()) :])

    def hesitates(self, text: str) -> bool:
        """Whether something beside a yes takes it back."""
        return bool(self._finders["hesitations"].find(text))

    def asks_why(self, text: str) -> bool:
        """Whether `text` asks what the question is for, or who will read the answer."""
        return len(plain(text).split()) <= LONGEST_ASIDE and bool(self._finders["why"].find(text))

    def is_question(self, text: str) -> bool:
        """Whether `text` is a short question."""
        short = len(plain(text).split()) <= LONGEST_ASIDE
        return short and (is_asked(text) or self._begins("questions", text))

    def wants_answer(self, text: str) -> bool:
        """Whether `text` asks, unlike "do not write to me", for an answer."""
        return bool(self._finders["wants_answer"].find(text)) and not self.hesitates(text)

    def stays_anonymous(self, text: str) -> bool:
        """Whether a short `text` says, and does not ask, that its writer is not to be named."""
        short = len(plain(text).split()) <= LONGEST_ASIDE
        return short and bool(self._finders["anonymous"].find(text)) and not is_asked(text)

    def goes_on(self, text: str) -> bool:
        """Whether `text` says to go on with what was stopped, and nothing else."""
        return self._is_only("goes_on", text)

    def yes_or_no_first(self, text: str) -> str | None:
        """ "yes" or "no" where a short `text` begins so: "yes, they asked for 500"; else None."""
        if self._begins("yes_first", text):
            return None if self.hesitates(text) else "yes"
        return "no" if self._begins("no_first", text) else None

    def goes_back(self, text: str) -> bool:
        """Whether `text` says that the answer before was a mistake, or asks to go back to it, and nothing else."""
        return self._is_only("goes_back", text)

    def corrects(self, text: str) -> bool:
        """Whether `text` begins by putting the answer before right: "no, his name is José"."""
        return self._begins("corrects", text)

    def contradicts(self, text: str, told: str) -> bool:
        """Whether `text` begins with a no and names something of what was `told`: "not Juma, Jumanne"."""
        words = {word for word in plain(told).split() if len(word) >= SHORTEST_NAMED}
        return self._begins("contradicts", text) and not words.isdisjoint(plain(text).split())

    def negates(self, text: str) -> bool:
        """Whether `text` says not to do what it names."""
        return bool(self._finders["negations"].find(text))

    def is_yes_or_no(self, text: str) -> bool:
        """Whether `text` has nothing but words of consent or refusal, however long they are drawn: "hapanaaa"."""
        return bool(text.strip()) and {_once(word) for word in plain(text).split()} <= self._yes_no

    def tells_a_sum(self, text: str) -> bool:
        """Whether `text` is a sum in words and nothing beside but that it was paid: "nilitoa laki mbili"."""
        told = [found.value for found in self._sums.find(text) if found.value != "beside_sums"]
        return self.is_beside_a_sum(text) and "sums" in told and len(told) > 1

    def is_beside_a_sum(self, text: str) -> bool:
        """Whether `text` has nothing but words of sums and of paying them."""
        return " ".join(found.phrase for found in self._sums.find(text)) == plain(text)

    def places_of(self, text: str) -> list[str]:
        """The pieces of `text` between words such as "in": "Nairobi" and "Moi Avenue"."""
        words = as_written(text).split()
        runs = groupby(words, lambda word: bool(self._finders["beside_places"].find(word)))
        return [" ".join(run) for is_beside, run in runs if not is_beside]

    def _is_only(self, group: str, text: str) -> bool:
        found = self._finders[group].find(text)
        return len(found) == 1 and found[0].phrase == plain(text)

    def _begins(self, group: str, text: str) -> bool:
        words = plain(text).split()
        found = next(self._finders[group].among(words), None)
        return found is not None and not found.before and len(words) <= LONGEST_ASIDE


def _once(word: str) -> str:
    """The plain word with each letter once where it stands several times in a row."""
    return re.sub(r"(.)\1+", r"\1", plain(word))


def _finder(group: Mapping[str, list[str]]) -> PhraseFinder[bool]:
    return PhraseFinder({phrase: True for phrase in phrases_of(group)})


def phrases_of(group: Mapping[str, list[str]]) -> Iterator[str]:
    """The phrases of a group of patterns by language."""
    return expanded(pattern for patterns in group.values() for pattern in patterns)
