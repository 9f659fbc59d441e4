"""Answers, menus, and what to do when a message was not understood."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNDERSTOOD, SafeAction, content, entity, intent_of, open_form
from bot.knowledge.danger_cues import HELP
from bot.knowledge.emergency_replies import WHO_HELPS
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE, SMALLTALK

MAX_SUGGESTIONS = 3
NO_TOPICS = (FALLBACK, OUT_OF_SCOPE, EMERGENCY, "menu", "inform_country", *SMALLTALK)
"""What is not suggested; the menu stands under every suggestion."""
LEAST_LIKELY = 0.05
"""The share of belief from which a topic is worth suggesting."""
WEAK = 0.2
"""The share below which a topic is a poorer guess than what follows from the last answer: "what should I do now?"."""


class ActionAnswer(SafeAction):
    """Answers the topic that was asked for."""

    def name(self) -> str:
        """The action's name."""
        return "action_answer"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say the topic; remember it, in case a country follows."""
        topic = intent_of(tracker)
        say.utter_message(response="utter_topic", topic=topic)
        return [SlotSet("about", topic), UNDERSTOOD]


class ActionAnswerWithFacts(SafeAction):
    """Says the response of an action's intent, with the country facts that belong under it."""

    def name(self) -> str:
        """The action's name."""
        return "action_answer_with_facts"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say `utter_<intent>`."""
        response, about = f"utter_{intent_of(tracker)}", tracker.get_slot("about")
        if response == WHO_HELPS and about in HELP:
            say.utter_message(response=response, help=about)
            return [UNDERSTOOD]  # the danger is not over
        say.utter_message(response=response)
        return [SlotSet("about", response), UNDERSTOOD]


class ActionSay(SafeAction):
    """Says the response of a small intent, such as thanks."""

    def name(self) -> str:
        """The action's name."""
        return "action_say"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say `utter_<intent>`."""
        say.utter_message(response=f"utter_{intent_of(tracker)}")
        return []


class ActionGreet(SafeAction):
    """Welcomes, with the main menu."""

    def name(self) -> str:
        """The action's name."""
        return "action_greet"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say who this is, then the menu."""
        say.utter_message(response="utter_welcome")
        if not open_form(tracker):  # the digits belong to the open question
            say.utter_message(response="utter_menu", menu="main")
        return [UNDERSTOOD]


class ActionMenu(SafeAction):
    """Shows a menu, the one that was picked or the main one, and leaves an open form: its digits would be unclear."""

    def name(self) -> str:
        """The action's name."""
        return "action_menu"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Show it."""
        say.utter_message(response="utter_menu", menu=entity(tracker, "menu") or "main")
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("course_open", None), UNDERSTOOD]


class ActionDidYouMean(SafeAction):
    """Offers the closest topics; at the second miss in a row, the menu and a person."""

    def name(self) -> str:
        """The action's name."""
        return "action_did_you_mean"

    def respond(self, say: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Offer."""
        ranking = tracker.latest_message.get("intent_ranking", [])
        shares = {r["name"]: r["confidence"] for r in ranking if r["name"] not in NO_TOPICS}
        likely, weak = ([n for n, share in shares.items() if share >= least] for least in (WEAK, LEAST_LIKELY))
        topics = list(dict.fromkeys([*likely, *_follow_ups(tracker), *weak]))
        if open_form(tracker) or tracker.get_slot("missed") or not topics:
            say.utter_message(response="utter_not_understood")
        else:
            say.utter_message(response="utter_suggestions", topics=topics[:MAX_SUGGESTIONS])
        return [SlotSet("missed", True)]


def _follow_ups(tracker: Tracker) -> list[str]:
    """What the topic answered last offers."""
    topic = content().topics.get(tracker.get_slot("about") or "")
    return list(topic.buttons) if topic else []
