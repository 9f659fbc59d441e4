"""Recognising a call for help by its words, in every language at once; the classifier is the second opinion."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from bot.knowledge.knowledge import Knowledge
from bot.knowledge.model import Lexicon
from bot.knowledge.words import PhraseFinder, expanded, plain
from bot.storage.prepared import as_bytes, prepared

DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
"""No word holds a letter three times in a row: "pleaseee" is "please". Yet "help" alone is no cry, and "helppp" is."""
SPELT_APART = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")
SOS_SIGN = "🆘"
PHRASES, DENIALS, EXCEPTIONS = range(3)
"""Groups of phrases; those of the combinations follow."""


class EmergencyLexicon:
    """Tells whether a message says that somebody is in danger now.

    Args:
        lexicons: of every language; a person in fear may write in any of them.
    """

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        lexicons = list(lexicons)
        self._alone = {_drawn_out(p) for lexicon in lexicons for p in expanded(_all(lexicon.alone))}
        groups: list[Iterable[str]] = [
            [pattern for lexicon in lexicons for pattern in _all(lexicon.phrases)],
            [pattern for lexicon in lexicons for pattern in _all(lexicon.denials)],
            [pattern for lexicon in lexicons for pattern in _all(lexicon.exceptions)],
        ]
        self._combinations: list[frozenset[int]] = []
        for combination in (one for lexicon in lexicons for one in lexicon.combinations.values()):
            self._combinations.append(frozenset(range(len(groups), len(groups) + len(combination))))
            groups += combination
        self._finder = _finder(groups)

    def denies(self, text: str) -> bool:
        """Whether `text` says that nobody is in danger, or speaks of what may happen."""
        return DENIALS in self._groups_in(text)

    def cries(self, text: str) -> bool:
        """Whether `text` is a word of danger and nothing else."""
        return not self._alone.isdisjoint((_as_meant(text), _drawn_out(text)))

    def calls_for_help(self, text: str) -> bool:
        """Whether `text` is a word of danger alone, or has a phrase or combination of them."""
        if self.cries(text):
            return True
        found = self._groups_in(text)
        if DENIALS in found:
            return False
        # a question beside a plain phrase of danger takes nothing from it: "he is beating me, which number do I call"
        return PHRASES in found or (EXCEPTIONS not in found and any(map(found.issuperset, self._combinations)))

    def _groups_in(self, text: str) -> set[int]:
        """The groups of which a phrase stands in `text`."""
        return set().union(*self._finder.everywhere(_as_meant(text).split()))


def _drawn_out(text: str) -> str:
    """The plain words of `text`, letters typed apart joined; a letter drawn out stands three times."""
    letters = DRAWN_OUT.sub(r"\1\1\1", plain(text.replace(SOS_SIGN, " sos ")))
    return SPELT_APART.sub(lambda found: found[0].replace(" ", ""), letters)


def _as_meant(text: str) -> str:
    return DRAWN_OUT.sub(r"\1", _drawn_out(text))


@lru_cache(maxsize=2)
def lexicon_of(knowledge: Knowledge) -> EmergencyLexicon:
    """The lexicon of all languages of `knowledge`."""
    lexicons = knowledge.lexicons.values()
    return prepared("lexicon", lambda: as_bytes(lexicons), lambda: EmergencyLexicon(lexicons))


def _all(by_situation: dict[str, tuple[str, ...]]) -> Iterable[str]:
    return (pattern for patterns in by_situation.values() for pattern in patterns)


def _finder(groups: Iterable[Iterable[str]]) -> PhraseFinder[frozenset[int]]:
    """All groups' phrases in one finder, so that a message is gone through once and not once a group."""
    of: dict[str, set[int]] = defaultdict(set)
    for number, patterns in enumerate(groups):
        for phrase in map(_as_meant, expanded(patterns)):
            of[phrase].add(number)
    shared: dict[frozenset[int], frozenset[int]] = {}
    return PhraseFinder({phrase: shared.setdefault(key := frozenset(numbers), key) for phrase, numbers in of.items()})
