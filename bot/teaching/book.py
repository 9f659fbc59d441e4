"""Where accepted questions go: the topics' own questions, from which models are trained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.faults import Fault

Questions = Mapping[str, Sequence[str]]
"""Questions by language code."""


class Added(str, Enum):
    """What became of them: trained from at the next teaching, or waiting for a colleague."""

    IN_FORCE = "in_force"
    IN_REVIEW = "in_review"


class BookError(Fault):
    """The questions cannot be taken; the message says why."""


@dataclass(frozen=True)
class Author:
    """The member of staff who accepts."""

    id: int
    name: str


class QuestionBook(Protocol):
    """Takes questions into topics."""

    def add(self, topic: str, questions: Questions, by: Author, now: dt.datetime) -> Added:
        """Add `questions` to those of `topic`; one that stands there already is left out.

        Raises:
            BookError: the content would have errors, or others are at it.
        """
        ...

    def begin(self, topic: str, group: str, questions: Questions, by: Author, now: dt.datetime) -> str:
        """Begin a new topic with these questions, as a draft; returns where it is written on, below /console.

        Raises:
            BookError: there is such a topic, or its name cannot be one.
        """
        ...
