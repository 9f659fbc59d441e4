"""What a message asks beside its words: a second question, or something of the topic answered before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from braceexpand import braceexpand
from pydantic import Field, validator

from bot.knowledge.model import LanguageCode, Topic, _Model
from bot.knowledge.words import plain, same_length

NEXT, RELATED = "next", "related"
MIN_WORDS = 3
"""A part with fewer words is no question of its own: "why?"."""
MOST_WORDS_OF_A_FOLLOW_UP = 7
SENTENCE_END = re.compile(r"[.?!\n]+\s*")


class QuestionWords(_Model):
    """How questions begin and are joined in one language."""

    joiners: tuple[str, ...]
    openers: tuple[str, ...]
    anywhere: tuple[str, ...]


class FollowUp(_Model):
    """A kind of follow-up: the messages that are one, and what answers it."""

    usual: str
    after: dict[str, str] = Field(default_factory=dict)
    words: dict[LanguageCode, tuple[str, ...]]

    def answer(self, about: Topic) -> tuple[str, ...]:
        """The ids that answer it after topic `about`: one to be said, or several to be offered."""
        chosen = self.after.get(about.id, self.usual)
        if chosen == NEXT:
            return about.buttons[:1]
        return about.buttons if chosen == RELATED else (chosen,)


class FollowUps(_Model):
    """All kinds of follow-ups, and the words that may stand before one."""

    leads: dict[LanguageCode, tuple[str, ...]] = Field(default_factory=dict)
    kinds: dict[str, FollowUp] = Field(default_factory=dict)

    @validator("kinds")
    def _each_phrase_is_of_one_kind(cls, value: dict[str, FollowUp]) -> dict[str, FollowUp]:
        of: dict[str, str] = {}
        for name, kind in value.items():
            for phrase in _expanded(kind):
                if of.setdefault(phrase, name) != name:
                    raise ValueError(f'"{phrase}" is of two kinds: {of[phrase]} and {name}')
        return value


@dataclass(frozen=True)
class FollowUpFinder:
    """Knows a follow-up by its words."""

    kinds: Mapping[str, FollowUp]
    leads: frozenset[str]

    @classmethod
    def of(cls, follow_ups: FollowUps) -> FollowUpFinder:
        """The finder for what content/ says."""
        kinds = {phrase: kind for kind in follow_ups.kinds.values() for phrase in _expanded(kind)}
        return cls(kinds, frozenset(plain(word) for words in follow_ups.leads.values() for word in words))

    def find(self, text: str) -> FollowUp | None:
        """The follow-up that `text` is and nothing else."""
        words = plain(text).split()
        if len(words) > MOST_WORDS_OF_A_FOLLOW_UP:
            return None
        bare = words[1:] if words and words[0] in self.leads else words
        return self.kinds.get(" ".join(words)) or self.kinds.get(" ".join(bare))


@dataclass(frozen=True)
class QuestionSplitter:
    """Cuts a message before its second question."""

    asks_first: re.Pattern[str]
    asks_anywhere: re.Pattern[str]
    joined: re.Pattern[str]

    @classmethod
    def of(cls, languages: Iterable[QuestionWords]) -> QuestionSplitter:
        """The splitter for messages in any of our languages."""
        all_words = list(languages)
        openers = _one_of(word for words in all_words for word in words.openers)
        joiners = _one_of(word for words in all_words for word in words.joiners)
        anywhere = _one_of(word for words in all_words for word in words.anywhere)
        return cls(
            asks_first=re.compile(rf"(?:(?:{joiners}) )?(?:{openers})\b"),
            asks_anywhere=re.compile(rf"\b(?:{anywhere})\b"),
            joined=re.compile(rf"[\s,;]+(?:{joiners})\s+(?=(?:{openers})\b)"),
        )

    def parts(self, text: str) -> tuple[str, str] | None:
        """The message up to its second question, and that question; None when it asks less than twice."""
        simple = same_length(text)
        ends = {match.end(): match.end() for match in SENTENCE_END.finditer(simple)}
        ends |= {match.end(): match.start() for match in self.joined.finditer(simple)}  # the joiner is in neither
        bounds = [0, *sorted(cut for cut in ends if cut < len(text)), len(text)]
        pieces = [(start, end) for start, end in pairwise(bounds) if simple[start:end].strip()]
        asking = [start for start, end in pieces if self._asks(simple[start:end])]
        if len(asking) < 2:
            return None
        return text[: ends[asking[1]]].strip(), text[asking[1] :].strip()

    def _asks(self, piece: str) -> bool:
        words = piece.strip()
        if len(plain(words).split()) < MIN_WORDS:
            return False
        return bool("?" in words or self.asks_first.match(words) or self.asks_anywhere.search(words))


def _expanded(kind: FollowUp) -> set[str]:
    return {plain(phrase) for words in kind.words.values() for pattern in words for phrase in braceexpand(pattern)}


def _one_of(words: Iterable[str]) -> str:
    longest_first = sorted({same_length(word) for word in words}, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first) or r"(?!)"
