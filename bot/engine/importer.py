"""Training data straight from `content/`: questions become examples, topics become intents and rules."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.editing.overlay import load_content
from bot.knowledge.knowledge import Knowledge
from bot.settings import load_settings

RISK_FORM = "risk_form"


class ContentImporter(RasaFileImporter):
    """Rasa's file importer, with what `content/` adds. Named in config.yml under `importers`."""

    @cached_property
    def knowledge(self) -> Knowledge:
        """The content that is trained from, with its published revisions."""
        settings = load_settings()
        return load_content(settings.database, settings.content_dir)

    def get_domain(self) -> Domain:
        """domain.yml, with an intent a topic, a response an utterance, and the risk form's slots."""
        return super().get_domain().merge(Domain.from_dict(content_domain(self.knowledge)))

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """nlu_data's rules, with one rule a topic: asked for it, answer it."""
        rules = [
            {"rule": f"answer {id}", "steps": [{"intent": id}, {"action": "action_answer"}]}
            for id in self.knowledge.topics
        ]
        steps = YAMLStoryReader().read_from_parsed_yaml({"version": "3.1", "rules": rules})
        return super().get_stories(exclusion_percentage).merge(StoryGraph(steps))

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """nlu_data's examples, with the questions of every topic in every language."""
        return super().get_nlu_data(language).merge(TrainingData(list(question_messages(self.knowledge))))


def question_messages(knowledge: Knowledge) -> list[Message]:
    """The topics' questions as labelled examples."""
    return [
        Message.build(question, intent=topic.id)
        for topic in knowledge.topics.values()
        for text in topic.languages.values()
        for question in text.questions
    ]


def content_domain(knowledge: Knowledge) -> dict[str, Any]:
    """What `content/` adds to the domain."""
    risk_slots = [f"risk_{question.id}" for question in knowledge.risk_questions]
    utterances = [*knowledge.responses, *(f"utter_ask_{slot}" for slot in risk_slots)]
    return {
        "version": "3.1",
        "intents": [{id: {"use_entities": []}} for id in knowledge.topics],
        # the text is never shown: ContentNLG composes it; Rasa only wants to know the name
        "responses": {name: [{"text": name}] for name in utterances},
        "slots": {slot: _answer_slot(slot) for slot in risk_slots},
        "forms": {RISK_FORM: {"required_slots": risk_slots}},
    }


def _answer_slot(name: str) -> dict[str, Any]:
    """A yes/no/unsure slot that is filled only while its own question is open."""
    asked = [{"active_loop": RISK_FORM, "requested_slot": name}]
    answers = {"affirm": "yes", "deny": "no", "unsure": "unsure"}
    return {
        "type": "text",
        "influence_conversation": False,
        "mappings": [
            {"type": "from_intent", "intent": intent, "value": value, "conditions": asked}
            for intent, value in answers.items()
        ],
    }
