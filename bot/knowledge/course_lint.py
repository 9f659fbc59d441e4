"""Checks of the courses that a schema alone cannot make."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from bot.knowledge.answers import Composer, Places
from bot.knowledge.course import Course, CourseOption
from bot.knowledge.course_replies import Place, done, step
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reading import Document, Problem
from bot.knowledge.reply import Reply
from bot.knowledge.segments import fold, segments

MAX_SMS_SEGMENTS = 2


def lint_course(knowledge: Knowledge, document: Document, course: Course, today: dt.date) -> Iterator[Problem]:
    """The problems of one file of `content/courses/`."""
    if today > course.review_by:
        yield document.problem(f"review was due on {course.review_by}", "review_by", is_error=False)
    if course.review_by <= course.reviewed_on:
        yield document.problem("review_by is not after reviewed_on", "review_by")
    for index, id in enumerate(course.buttons):
        if id == course.id or knowledge.title(id, next(iter(knowledge.languages))) is None:
            yield document.problem(f'"{id}" leads nowhere', "buttons", index)
    repeated = [id for id, count in Counter(step.id for step in course.steps).items() if count > 1]
    if repeated:
        yield document.problem(f"steps stand twice: {', '.join(repeated)}", "steps")
    for index, this in enumerate(course.steps):
        place = ("steps", index, "topic")
        topic = knowledge.topics.get(this.topic)
        if topic is None:
            yield document.problem(f'"{this.topic}" is no topic', *place)
        elif topic.sources[0].short is None:
            yield document.problem(f'the first source of "{this.topic}" has no `short` name for SMS', *place)
        elif set(this.languages) >= set(knowledge.languages) and set(course.languages) >= set(knowledge.languages):
            yield from _lint_lengths(knowledge, document, course, index, today)


def _lint_lengths(
    knowledge: Knowledge, document: Document, course: Course, index: int, today: dt.date
) -> Iterator[Problem]:
    for language in knowledge.languages:
        composer = Composer(knowledge, language, sms=True, today=today)
        place = ("steps", index, "languages", language)
        said = step(composer, Place(course.id, index + 1), Places(), resumed=True)
        yield from _too_long(document, said, *place)
        for option in course.steps[index].languages[language].options:
            yield from _too_long_said(document, option, *place)
        if index == 0:
            yield from _too_long(document, done(composer, course.id), "languages", language)


def _too_long(document: Document, reply: Reply, *place: str | int) -> Iterator[Problem]:
    lines = [reply.text, *(f"{number} {choice.title}" for number, choice in enumerate(reply.choices, 1))]
    count = segments(fold("\n".join(lines)))
    if count > MAX_SMS_SEGMENTS:
        yield document.problem(f"{count} SMS segments with its choices, at most {MAX_SMS_SEGMENTS}", *place)


def _too_long_said(document: Document, option: CourseOption, *place: str | int) -> Iterator[Problem]:
    if segments(fold(option.said)) > 1:
        yield document.problem(f'what is said to "{option.text}" needs more than one SMS segment', *place)
