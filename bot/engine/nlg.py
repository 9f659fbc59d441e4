"""Utterances: every `utter_…` is composed from the content store at the moment it is said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.knowledge import course_replies, emergency_replies
from bot.knowledge.answers import Composer, Places
from bot.knowledge.centres import Where
from bot.knowledge.danger_cues import HELP
from bot.knowledge.reply import Reply
from bot.knowledge.store import shared_store
from bot.registry import replies as registry_replies
from bot.settings import load_settings

SMS_CHANNEL = "sms"
RISK = "risk_"
ASK_RISK = f"utter_ask_{RISK}"
ASK_REPORT = "utter_ask_report_"


class ContentNLG(TemplatedNaturalLanguageGenerator):
    """Answers Rasa's "say `utter_x`" from `content/`, in the language of the slot, for the channel at hand.

    Besides the responses of content/responses it knows, with arguments: `utter_topic(topic)`,
    `utter_menu(menu)`, `utter_facts(about, country)`, `utter_suggestions(topics)`,
    `utter_emergency(help, again, violence, unheard)`, `utter_centres(where, skip)` and `utter_languages`. It subclasses
    the templated generator because only those survive a model swap.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)
        settings = load_settings()
        self.default_language = str(endpoint_config.kwargs.get("default_language", settings.default_language))
        self.store = shared_store(Path(endpoint_config.kwargs.get("content_dir", settings.content_dir)))

    def composer(self, language: str | None, channel: str) -> Composer:
        """Composes replies from today's content for one channel."""
        sms = channel == SMS_CHANNEL
        return Composer(self.store.current, language or self.default_language, sms, dt.date.today())

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The utterance as Rasa's dictionary of text and buttons."""
        slots = tracker.current_slot_values()
        composer = self.composer(slots.get("language"), output_channel)
        places = Places(slots.get("origin"), slots.get("destination"))
        recruiter = slots.get("report_who") or slots.get("recruiter_asked")
        reply = compose(
            composer, utter_action, places, {**kwargs, "recruiter": recruiter, "happened": slots.get("report_what")}
        )
        return {
            "text": reply.text,
            "buttons": [{"title": choice.title, "payload": choice.payload} for choice in reply.choices],
            "content_id": reply.content_id,
        }


def compose(composer: Composer, name: str, places: Places, arguments: dict[str, Any]) -> Reply:
    """The reply for the utterance `name`."""
    if name == "utter_topic":
        return composer.topic(arguments["topic"], places)
    if name == "utter_menu":
        return composer.menu(arguments.get("menu") or "main")
    if name == "utter_facts":
        about, country = arguments["about"], arguments["country"]
        return emergency_replies.numbers(composer, about, country) if about in HELP else composer.facts(about, country)
    if name == "utter_suggestions":
        return composer.suggestions(arguments["topics"])
    if name == "utter_emergency":
        known = {one: arguments[one] for one in ("again", "violence", "unheard") if one in arguments}
        return emergency_replies.emergency(composer, places, arguments["help"], **known)
    if name == emergency_replies.WHO_HELPS and "help" in arguments:
        return emergency_replies.person_in_danger(composer, places, arguments["help"])
    if name == "utter_centres":
        return composer.centres(Where(**arguments["where"]), places.origin, arguments.get("skip", 0))
    if name == "utter_ask_centre_place":
        return composer.ask_place(places)
    if name == "utter_country_noted":
        return composer.country_noted(arguments["country"])
    if name == "utter_risk_verdict":
        return composer.risk_verdict({slot.removeprefix(RISK): value for slot, value in arguments["answers"].items()})
    if name.startswith(ASK_RISK):
        return composer.risk_question(name.removeprefix(ASK_RISK))
    if name == "utter_registry":
        return registry_replies.reply(composer, arguments["verdict"], places)
    if name == "utter_watch":
        return registry_replies.watch(composer, arguments["hit"], places)
    if name.startswith(ASK_REPORT):
        recruiter, happened = arguments["recruiter"], arguments["happened"] or ""
        return registry_replies.report_question(composer, name.removeprefix("utter_ask_"), recruiter, happened)
    if name.startswith("utter_course_") and "course" in arguments:
        return course_reply(composer, name, places, arguments)
    if name == "utter_languages":
        return composer.languages()
    return composer.response(name, places, **arguments.get("values", {}))


def course_reply(composer: Composer, name: str, places: Places, arguments: dict[str, Any]) -> Reply:
    """The reply for an utterance of a course: `utter_course_step`, `_said`, `_stopped` or `_done`."""
    if name == "utter_course_done":
        return course_replies.done(composer, arguments["course"])
    at = course_replies.Place(arguments["course"], arguments["step"])
    if name == "utter_course_said":
        return course_replies.said(composer, at, arguments["answer"])
    if name == "utter_course_stopped":
        return course_replies.stopped(composer, at)
    return course_replies.step(composer, at, places, arguments["resumed"])
