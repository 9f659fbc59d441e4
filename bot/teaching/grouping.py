"""Groups of missed questions that ask the same, across languages.

Within a language, wordings that are nearly the same letters; across languages, wordings that the classifier found
equally near to the same topics. Measured on 118 unsure development questions (docs/teaching.md): pairs in two languages
found by that have precision 0.55 at recall 0.33, the multilingual sentence encoder's cosine never more than 0.07, and
it would cost the gateway 130 MB.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from bot.knowledge.words import plain
from bot.teaching.missed import Missed

ALIKE = 85
"""Of 100, by rapidfuzz's ratio of sorted words."""
NEAR = 0.7
"""The cosine of two profiles of nearest topics."""
LEAST_SURE = 0.05
"""A profile whose likeliest topic is less likely than this says nothing."""
Profile = Mapping[str, float]


@dataclass(frozen=True)
class Group:
    """Questions that ask the same, the most frequent first; `nearest` are topics, the likeliest first."""

    questions: tuple[Missed, ...]
    nearest: tuple[str, ...]

    @property
    def id(self) -> str:
        """The hash of its first question, by which it is found again."""
        return self.questions[0].hash

    @property
    def times(self) -> int:
        """How often any of them came."""
        return sum(question.times for question in self.questions)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages asked in, the most frequent first."""
        counts: Counter[str] = Counter()
        for question in self.questions:
            counts[question.language] += question.times
        return tuple(code for code, _ in counts.most_common())

    @property
    def last_at(self) -> dt.datetime:
        """When one of them came last."""
        return max(question.last_at for question in self.questions)

    @property
    def suggested(self) -> str | None:
        """The topic that a colleague named for it."""
        return next((question.suggested for question in self.questions if question.suggested), None)


@dataclass
class _Growing:
    questions: list[Missed] = field(default_factory=list)
    profile: Counter[str] = field(default_factory=Counter)

    def add(self, question: Missed) -> None:
        self.questions.append(question)
        self.profile.update(_unit(dict(question.nearest)))


def grouped(missed: Iterable[Missed]) -> list[Group]:
    """The groups, most asked first; what colleagues named the same topic for is one."""
    suggested: dict[str, _Growing] = {}
    groups: list[_Growing] = []
    wordings: dict[str, dict[int, str]] = {}
    by_topic: dict[str, list[_Growing]] = {}
    for number, question in enumerate(sorted(missed, key=lambda one: -one.times)):
        if question.suggested:
            suggested.setdefault(question.suggested, _Growing()).add(question)
            groups.append(suggested[question.suggested])
            continue
        alike = wordings.setdefault(question.language, {})
        group = _alike(question, alike, groups) or _near(question, by_topic) or _Growing()
        group.add(question)
        groups.append(group)
        alike[number] = _words(question)
        if question.nearest:
            under = by_topic.setdefault(question.nearest[0][0], [])
            if not any(group is one for one in under):
                under.append(group)
    once = {id(group): group for group in groups}.values()
    done = [Group(tuple(group.questions), tuple(name for name, _ in group.profile.most_common(3))) for group in once]
    return sorted(done, key=lambda group: (-group.times, -group.last_at.timestamp()))


def _alike(question: Missed, wordings: Mapping[int, str], groups: list[_Growing]) -> _Growing | None:
    """The group of a wording of nearly the same letters; `groups` holds the group of each question so far."""
    found = process.extractOne(_words(question), wordings, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return groups[found[2]] if found else None


def _words(question: Missed) -> str:
    return " ".join(sorted(plain(question.text).split()))


def _near(question: Missed, by_topic: Mapping[str, list[_Growing]]) -> _Growing | None:
    if not question.nearest or question.nearest[0][1] < LEAST_SURE:
        return None
    profile = _unit(dict(question.nearest))
    found = ((_cosine(profile, group.profile), group) for group in by_topic.get(question.nearest[0][0], ()))
    best = max(found, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= NEAR else None


def _unit(profile: Profile) -> dict[str, float]:
    length = math.sqrt(sum(share * share for share in profile.values())) or 1.0
    return {name: share / length for name, share in profile.items()}


def _cosine(one: Profile, other: Profile) -> float:
    length = math.sqrt(sum(share * share for share in other.values())) or 1.0
    return sum(share * other.get(name, 0.0) for name, share in one.items()) / length
