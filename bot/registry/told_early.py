"""What the words of a report tell beside the question that was asked: a recruiter, a place, a sum."""

from __future__ import annotations

import re
from itertools import groupby

from bot.knowledge.knowledge import Knowledge
from bot.knowledge.places import Place
from bot.knowledge.words import plain
from bot.registry import names, numbers
from bot.registry.cues import WORD, CueWords, stripped
from bot.registry.lookup import Registry
from bot.safety.redaction_numbers import amounts
from bot.safety.redaction_words import Words, fold, load_words

WHO, WHERE, MONEY = "report_who", "report_where", "report_money"
MAX_WORDS = 8
"""Of what is an answer and nothing else."""
FEWEST_DIGITS, MOST_DIGITS = 3, 8
"""Of a sum without a currency."""
METROPOLIS = 1_000_000
"""Inhabitants of a town that is known by its name alone wherever it is."""
SHORTEST_ROLE = 5
"""Letters of a word that says what somebody is: shorter ones, such as "de", stand in any sentence."""

PEOPLE = frozenset(("agent", "agents", "recruiter", "recruiters", "wakala"))
"""Words before a name, or before what somebody did: "Wakala Alitoroka"."""
PLACES_OR_PEOPLE = frozenset(("chad", "georgia", "israel", "jordan", "santiago", "sofia", "victoria"))
_CLAUSE = re.compile(r"[,;:!?()\n]|(?<=\w{3})\.(?=\s|$)|\b[LlDd]['’]")


class Early:
    """Tells which question of a report a message answers all by itself, and what a story names.

    Args:
        registry: whose names are known.
        knowledge: the towns and countries that are known, and the words beside a place or a sum.
        spoken: the words of questions about recruiters.
    """

    def __init__(self, registry: Registry, knowledge: Knowledge, spoken: CueWords) -> None:
        self._registry, self._places, self._spoken = registry, knowledge.places, spoken
        self._cues = knowledge.form_cues
        self._near = knowledge.centres.keys()
        self._words: Words = load_words()

    def question(self, text: str, asked: str) -> str | None:
        """The question that `text` surely answers and no other: `WHO`, `WHERE` or `MONEY`; None in any doubt.

        Args:
            asked: the open question: a bare number may tell who it was, and unknown words with capital letters where.
        """
        if len(text.split()) > MAX_WORDS or "?" in text:
            return None
        named = self._cues.without_lead(text)
        if named and named != text:  # "his name is Musa"
            return WHO if self._is_name(named, is_told=False) else None
        if self._is_sum(text) and not (asked == WHO and text.strip().isdecimal()):
            return MONEY
        if self._is_place(text):
            return WHERE
        rest, phone, _ = numbers.taken_out(text)
        if phone and not rest.strip(" .,;:-/"):
            return WHO
        return WHO if self._is_name(rest if phone else text, is_told=asked == WHERE) else None

    def firm(self, text: str) -> str | None:
        """The one firm or titled person in a story, by its capital letters: "Sahara Agency"; None for several."""
        clauses = (clause.split() for clause in _CLAUSE.split(text))
        runs = (list(run) for words in clauses for may_be, run in groupby(words, self._may_be_of_a_name) if may_be)
        found = list(dict.fromkeys(name for run in runs if (name := self._named(run))))
        return found[0] if len(found) == 1 else None

    def _may_be_of_a_name(self, word: str) -> bool:
        return word[:1].isupper() or stripped(word) in names.FILLERS

    def _named(self, run: list[str]) -> str | None:
        """The name in a run of words, if it tells by a title or by what it is that it is one."""
        while run and (self._joins(run[0]) or self._is_spoken(run[0])):
            run = run[1:]
        while run and self._joins(run[-1]):
            run = run[:-1]
        is_told = any(stripped(word) in self._words.title_words or self._is_role(word) for word in run)
        name = " ".join(run).strip(" .\"'")
        return name if is_told and not name.isupper() and self._is_name(name, is_told=True, in_story=True) else None

    def _is_sum(self, text: str) -> bool:
        folded = fold(text)
        found = [folded[start:end] for start, end in amounts(folded)]
        for amount in found:
            folded = folded.replace(amount, " ")
        words = plain(folded).split()
        digits = "".join(word for word in words if word.isdecimal())
        rest = " ".join(word for word in words if not word.isdecimal())
        if rest and not self._cues.is_beside_a_sum(rest):
            return False
        if found:
            return not digits
        if digits:
            fits = FEWEST_DIGITS <= len(digits) <= MOST_DIGITS and not digits.startswith("0")
            return fits and (digits.endswith("00") or bool(rest)) and "+" not in text
        return self._cues.tells_a_sum(rest)

    def _is_place(self, text: str) -> bool:
        """Whether it is a town or country, and perhaps streets: "in Nairobi at Moi Avenue"."""
        pieces = [piece for part in text.split(",") for piece in self._cues.places_of(part)]
        if not pieces or not self._is_known_place(plain(pieces[0]).split(), alone=plain(pieces[0]) == plain(text)):
            return False
        return all(self._is_known_place(plain(piece).split()) or self._is_street(piece) for piece in pieces[1:])

    def _is_known_place(self, words: list[str], alone: bool = False) -> bool:
        phrase = " ".join(words)
        place = self._places.exact(phrase) if words else None
        if place and self._places.find(phrase) == place:
            return not alone or self._is_no_person(place, phrase)
        return any(
            self._is_known_place(words[:cut]) and self._is_known_place(words[cut:]) for cut in range(1, len(words))
        )

    def _is_no_person(self, place: Place, phrase: str) -> bool:
        """Whether a name alone is surely the place: "Florence" may be a woman."""
        if phrase in PLACES_OR_PEOPLE:
            return False
        is_near = place.city is None or place.country in self._near or place.city.population >= METROPOLIS
        return is_near and phrase not in self._words.common_names

    def _is_street(self, piece: str) -> bool:
        words = piece.split()
        return all(word[:1].isupper() or word.isdecimal() for word in words) and not any(map(self._is_role, words))

    def _is_name(self, text: str, is_told: bool, in_story: bool = False) -> bool:
        """Whether it names somebody and says no more.

        Args:
            is_told: whether capital letters are not enough: a word must say that it is a person or a firm.
            in_story: whether it is only offered, so that an ordinary word may be a firm's: "Sahara Agency".
        """
        words = WORD.findall(text)
        if len(words) > 1 and self._registry.is_only_a_name(text, employers=False):
            return True
        telling = [word for word in words if not self._is_neutral(word)]
        if not telling or any(map(str.isdigit, text)) or any(map(self._is_spoken, telling)):
            return False
        unusual = {stripped(word) for word in telling} - self._words.common_names
        if not unusual:
            return not text.islower() or not any(self._places.is_ordinary(plain(word)) for word in telling)
        if text.isupper() or not all(word[:1].isupper() for word in telling):
            return False  # capital letters tell nothing here
        roles = [stripped(word) for word in words if self._is_role(word)]
        if len(roles) > 1 or names.is_clear_form(roles) or stripped(words[0]) in self._words.title_words:
            return True
        ordinary = {word for word in unusual if self._places.is_ordinary(plain(word))}
        if roles and PEOPLE.isdisjoint(roles):
            return in_story or ordinary != unusual
        if is_told and len(unusual) == len(telling):
            return False
        return len(telling) > 1 and not ordinary and self._words.towns.isdisjoint(unusual)

    def _is_neutral(self, word: str) -> bool:
        """Whether the word may stand in a name and in any other sentence."""
        bare = stripped(word)
        return not bare or bare in names.FILLERS or self._is_role(word) or bare in self._words.title_words

    def _is_role(self, word: str) -> bool:
        bare = stripped(word)
        return names.is_clear_form([bare]) or (len(bare) >= SHORTEST_ROLE and bare in names.FILLERS)

    def _is_spoken(self, word: str) -> bool:
        """Whether the word is surely of no name, such as "my" or "fake"."""
        bare = stripped(word)
        if bare in self._words.common_names or self._is_neutral(word):
            return False
        return bare in self._words.never or self._spoken.knows(word)

    def _joins(self, word: str) -> bool:
        return word[:1].islower() and not self._is_role(word)


def sum_told(text: str) -> str | None:
    """The one sum with a currency in a story, as it is written; None for several."""
    found = list(dict.fromkeys(text[start:end].strip() for start, end in amounts(fold(text))))
    return found[0] if len(found) == 1 else None
