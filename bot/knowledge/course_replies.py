"""The steps of an orientation course as replies, out of reviewed texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.answers import Composer, Places, payload
from bot.knowledge.course import Course, CourseStep
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.words import plain

MAIN_MENU = "menu_main"


@dataclass(frozen=True)
class Place:
    """Where somebody stands in a course: `number` counts from 1."""

    course: str
    number: int


def step(composer: Composer, at: Place, places: Places, resumed: bool = False) -> Reply:
    """Step `at` with its question; `resumed` adds the choice to begin again."""
    course = composer.knowledge.courses[at.course]
    this = course.steps[at.number - 1]
    text = this.languages[composer.language]
    choices = [
        Choice(option.text, payload("course", course=course.id, step=str(at.number), answer=str(number)))
        for number, option in enumerate(text.options, 1)
    ]
    if not composer.sms:
        choices += composer.choices([this.topic])
    if resumed and at.number > 1:
        choices.append(restart(composer, course.id))
    blocks = _blocks(composer, course, this, at.number, places)
    return Reply("\n".join(blocks) if composer.sms else "\n\n".join(blocks), tuple(choices), f"course_{course.id}")


def said(composer: Composer, at: Place, answer: int) -> Reply:
    """What is said to option `answer` of step `at`; the content id tells whether it was right, to be counted."""
    this = composer.knowledge.courses[at.course].steps[at.number - 1]
    judged = "right" if answer == this.right else "other"
    return Reply(this.languages[composer.language].options[answer - 1].said, (), f"course_{judged}_{this.id}")


def done(composer: Composer, id: str) -> Reply:
    """The end of course `id`."""
    course = composer.knowledge.courses[id]
    choices = (*composer.choices([*course.buttons, "menu"]), restart(composer, id))
    return Reply(course.languages[composer.language].done, choices, f"course_done_{id}")


def stopped(composer: Composer, at: Place) -> Reply:
    """Says that the course waits for the person."""
    reply = composer.response("utter_course_stopped")
    choices = (go_on(composer, at), restart(composer, at.course), *reply.choices)
    return Reply(reply.text, choices, reply.content_id)


def go_on(composer: Composer, at: Place) -> Choice:
    """The choice that leads back to step `at`."""
    total = len(composer.knowledge.courses[at.course].steps)
    title = composer.knowledge.label("course_go_on", composer.language).format(step=f"{at.number}/{total}")
    return Choice(title, payload("course", course=at.course))


def restart(composer: Composer, id: str) -> Choice:
    """The choice that begins course `id` again."""
    return Choice(composer.knowledge.label("course_restart", composer.language), payload("course", course=id, step="1"))


def waiting(
    knowledge: Knowledge, open_course: str | None, places: Mapping[str, int] | None, said: Sequence[Reply]
) -> Place | None:
    """Where to go on after the replies `said`: in the course that was interrupted, or from the main menu in one begun.

    Args:
        open_course: the course that the person is in.
        places: the number of the next step by course, the one begun last at the end.
    """
    known = {id: len(course.steps) for id, course in knowledge.courses.items()}
    begun = {id: number for id, number in (places or {}).items() if number <= known.get(id, 0)}
    course = open_course
    if course is None and begun and said[-1].content_id == MAIN_MENU:
        course = list(begun)[-1]
    if course is None or course not in begun:
        return None
    if any(reply.content_id in (f"course_{course}", "utter_course_stopped") for reply in said):
        return None
    return Place(course, begun[course])


def picked_by_words(course: Course, at: Place, language: str, text: str) -> str | None:
    """The payload of the option of step `at` that `text` says, whole or by its letter; None when it says none."""
    words = plain(text)
    for number, option in enumerate(course.steps[at.number - 1].languages[language].options, 1):
        if words in (plain(option.text), "abc"[number - 1]):
            return payload("course", course=course.id, step=str(at.number), answer=str(number))
    return None


def _blocks(composer: Composer, course: Course, this: CourseStep, number: int, places: Places) -> list[str]:
    text, topic = this.languages[composer.language], composer.knowledge.topics[this.topic]
    progress, source = f"{number}/{len(course.steps)}", topic.sources[0]
    if composer.sms:
        return [f"{progress} {text.sms} ({source.short})", text.question]
    return [
        f"{progress} {text.text}",
        *composer.facts_of(places, this.facts),
        f"{composer.knowledge.label('source', composer.language)}: {source.label}.",
        text.question,
    ]
