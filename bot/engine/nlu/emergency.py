"""The emergency detector: it overrules the classifier, for a missed call for help is the worst mistake."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.dialogue_state import open_form
from bot.knowledge.store import shared_store
from bot.knowledge.understood import EMERGENCY, FALLBACK
from bot.registry.at_hand import lists_say
from bot.safety.emergency import EmergencyLexicon, lexicon_of
from bot.settings import load_settings

REPORT_FORM, RECRUITER_FORM, CENTRE_FORM = "report_form", "recruiter_form", "centre_form"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class EmergencyDetector(GraphComponent):
    """Makes the intent `emergency` when the lexicon says so, or when the classifier finds it likely enough.

    While a recruiter is being reported only the lexicon counts: what is told there is often of money and threats. So
    it does for a message that is a recruiter's listed name and nothing else, such as "The Gideon's Men".
    It stays out of models that were not trained on emergencies, such as those of a public benchmark.
    """

    def __init__(self, config: dict[str, Any], lexicon: EmergencyLexicon) -> None:
        self._likely, self._sure, self._lexicon = float(config["likely"]), float(config["sure"]), lexicon

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`likely`: the share that makes it an emergency; `sure`: where words deny it, or tell a place."""
        return {"likely": 0.25, "sure": 0.9}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmergencyDetector:
        """Create the component with the lexicon in force."""
        return cls(config, lexicon_of(shared_store(load_settings().content_dir).current))

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intent where it is due."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            probability = next((r["confidence"] for r in ranking if r["name"] == EMERGENCY), None)
            if probability is None:
                continue
            if self._is_emergency(message.get(TEXT) or "", float(probability)):
                message.set(INTENT, {"name": EMERGENCY, "confidence": 1.0}, add_to_output=True)
            elif (message.get(INTENT) or {}).get("name") == EMERGENCY:
                message.set(INTENT, {"name": FALLBACK, "confidence": 0.0}, add_to_output=True)
        return messages

    def _is_emergency(self, text: str, probability: float) -> bool:
        if self._lexicon.calls_for_help(text):
            return True
        form = open_form()
        # "niko Mbeya" answers where somebody is, and begins like many a call for help
        least = self._sure if self._lexicon.denies(text) or form == CENTRE_FORM else self._likely
        return probability >= least and form != REPORT_FORM and not _is_a_recruiter(text)


def _is_a_recruiter(text: str) -> bool:
    """Whether the message is a name of the lists: an agency's, or any when that was asked for."""
    return lists_say(lambda lists: lists.is_only_a_name(text, employers=open_form() == RECRUITER_FORM))
