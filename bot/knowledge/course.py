"""The model of an orientation course: what the YAML files under `content/courses/` may say (see docs/content.md)."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, root_validator, validator

from bot.knowledge.model import FactKind, Label, LanguageCode, _count_between, _Model

MAX_STEP = 500
MAX_SAID = 160
"""What is said to an answer fits into one SMS."""


class CourseOption(_Model):
    """An answer that can be picked, and what is said to it."""

    text: str = Field(min_length=2, max_length=40)
    said: str = Field(min_length=10, max_length=MAX_SAID)


class CourseStepText(_Model):
    """One language of a step; `sms` stands in for `text` on SMS."""

    text: str = Field(min_length=40, max_length=MAX_STEP)
    sms: str = Field(min_length=20)
    question: str = Field(max_length=120)
    options: tuple[CourseOption, ...]

    _two_or_three_options = validator("options", allow_reuse=True)(_count_between(2, 3))


class CourseStep(_Model):
    """One step. What it says is what topic `topic` says: its sources hold, and "more about it" leads there.

    `right` is the number (from 1) of the right option in every language: it tells which steps are hard. `facts` of the
    person's countries are woven in.
    """

    id: str
    topic: str
    right: int = Field(ge=1, le=3)
    facts: tuple[FactKind, ...] = ()
    languages: dict[LanguageCode, CourseStepText]

    @root_validator(skip_on_failure=True)
    def _right_is_an_option(cls, values: dict[str, object]) -> dict[str, object]:
        languages, right = values["languages"], values["right"]
        assert isinstance(languages, dict)
        assert isinstance(right, int)
        counts = {len(text.options) for text in languages.values()}
        if len(counts) > 1:
            raise ValueError("the languages have different numbers of options")
        if right > min(counts, default=0):
            raise ValueError(f"`right` is {right}, but there are {min(counts, default=0)} options")
        return values


class CourseText(Label):
    """The title of a course and what is said at its end, in one language."""

    done: str = Field(min_length=20, max_length=270)


class Course(_Model):
    """A course of six to eight steps with a question each; `buttons` are offered at its end."""

    id: str
    reviewed_on: dt.date
    review_by: dt.date
    buttons: tuple[str, ...]
    languages: dict[LanguageCode, CourseText]
    steps: tuple[CourseStep, ...]

    _short = validator("steps", allow_reuse=True)(_count_between(6, 8))
    _two_or_three_buttons = validator("buttons", allow_reuse=True)(_count_between(2, 3))
