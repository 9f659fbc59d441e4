"""Orientation by chat: a step and its question at a time, and going on where the person was."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNDERSTOOD, SafeAction, content, entity
from bot.knowledge.course import Course

PLACES = "course_places"
"""The slot with the number of the next step by course."""
OPEN = "course_open"
"""The slot with the course that the person is in, until they leave or end it."""


class ActionCourse(SafeAction):
    """Goes on with a course: takes the answer that was picked, and says the next step."""

    def name(self) -> str:
        """The action's name."""
        return "action_course"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say what belongs to the answer, then the step that follows; at the end, that it is the end."""
        course = content().courses.get(entity(tracker, "course") or "")
        if course is None:
            say.utter_message(response="utter_menu", menu="main")
            return [UNDERSTOOD]
        places: dict[str, int] = tracker.get_slot(PLACES) or {}
        number, answer = _number(tracker, "step"), _number(tracker, "answer")
        resumed = number is None
        number = min(number or _waiting(course, places), len(course.steps))
        if answer is not None and answer <= len(next(iter(course.steps[number - 1].languages.values())).options):
            say.utter_message(response="utter_course_said", course=course.id, step=number, answer=answer)
            number += 1
        elif number == 1:
            say.utter_message(response="utter_course_intro", values={"total": str(len(course.steps))})
        return self._at(say, course, number, places, resumed)

    def _at(
        self, say: CollectingDispatcher, course: Course, number: int, places: dict[str, int], resumed: bool
    ) -> list[EventType]:
        left = [ActiveLoop(None), SlotSet("requested_slot", None), UNDERSTOOD]  # its digits would answer a form's
        if number > len(course.steps):
            say.utter_message(response="utter_course_done", course=course.id)
            return [
                SlotSet(PLACES, _others(places, course) or None),
                SlotSet(OPEN, None),
                SlotSet("about", None),
                *left,
            ]
        say.utter_message(response="utter_course_step", course=course.id, step=number, resumed=resumed)
        now = {**_others(places, course), course.id: number}
        about = course.steps[number - 1].topic
        return [SlotSet(PLACES, now), SlotSet(OPEN, course.id), SlotSet("about", about), *left]


class ActionStop(SafeAction):
    """Ends a course that is open, which waits for the person to come back; outside of one, says goodbye."""

    def name(self) -> str:
        """The action's name."""
        return "action_stop"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say what was stopped."""
        course, places = tracker.get_slot(OPEN), tracker.get_slot(PLACES) or {}
        if course in places:
            say.utter_message(response="utter_course_stopped", course=course, step=places[course])
        else:
            say.utter_message(response="utter_goodbye")
        return [SlotSet(OPEN, None), UNDERSTOOD]


def _others(places: dict[str, int], course: Course) -> dict[str, int]:
    return {id: number for id, number in places.items() if id != course.id}


def _waiting(course: Course, places: dict[str, int]) -> int:
    """The step at which the person left the course; its content may have become shorter since."""
    number = int(places.get(course.id, 1))
    return number if 1 <= number <= len(course.steps) else 1


def _number(tracker: Tracker, name: str) -> int | None:
    """A number of a payload, from 1; None when it has none."""
    value = entity(tracker, name) or ""
    return int(value) if value.isdecimal() and int(value) > 0 else None
