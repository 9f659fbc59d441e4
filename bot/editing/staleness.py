"""What is past its review date, or soon will be: topics, the facts of countries, the offices of countries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.knowledge.knowledge import Knowledge

SOON = dt.timedelta(days=30)


class Kind(str, Enum):
    """What has a review date."""

    TOPIC = "topic"
    FACTS = "facts"
    OFFICES = "offices"


@dataclass(frozen=True)
class Due:
    """A file with a review date. `count` is how many statements hang on it: a topic is one."""

    kind: Kind
    id: str
    path: str
    reviewed_on: dt.date
    review_by: dt.date
    count: int


@dataclass(frozen=True)
class Staleness:
    """What is past its date, and what will be within 30 days, the oldest first; `total` counts all statements."""

    past: tuple[Due, ...]
    soon: tuple[Due, ...]
    total: int

    @property
    def past_count(self) -> int:
        """How many statements are past their date."""
        return sum(due.count for due in self.past)


def staleness(knowledge: Knowledge, today: dt.date) -> Staleness:
    """The review dates of `knowledge` held against `today`."""
    known = sorted(_review_dates(knowledge), key=lambda due: (due.review_by, due.path))
    past = tuple(due for due in known if due.review_by < today)
    soon = tuple(due for due in known if today <= due.review_by < today + SOON)
    return Staleness(past, soon, sum(due.count for due in known))


def _review_dates(knowledge: Knowledge) -> Iterator[Due]:
    for id, topic in knowledge.topics.items():
        path = f"faq/{topic.group}/{id}.yml"
        yield Due(Kind.TOPIC, id, path, topic.reviewed_on, topic.review_by, 1)
    for id, country in knowledge.countries.items():
        path = f"countries/{id}.yml"
        yield Due(Kind.FACTS, id, path, country.reviewed_on, country.review_by, len(country.facts))
    for id, known in knowledge.centres.items():
        yield Due(Kind.OFFICES, id, f"centres/{id}.yml", known.reviewed_on, known.review_by, len(known.centres))
