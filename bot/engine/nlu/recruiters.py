"""A message that asks about a firm by its listed name is a look-up, whatever the classifier makes of the name."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.dialogue_state import open_form
from bot.registry.desk import current_desk

CHECK = "check_recruiter"
LONGEST = 100
"""Characters of a message that only asks about a firm."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RecruiterDetector(GraphComponent):
    """Makes the intent `check_recruiter` when the lists know the name letter by letter and no question is open."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RecruiterDetector:
        """Create the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intent where it is due; outside a turn there are no lists to ask."""
        desk = current_desk.get(None)
        for message in messages:
            text = str(message.get(TEXT) or "")
            intent = (message.get(INTENT) or {}).get("name")
            # a picked choice has no ranking
            if not desk or not message.get(INTENT_RANKING_KEY) or intent == CHECK or len(text) > LONGEST:
                continue
            if open_form() is None and desk.registry.is_named_in_full(text):
                message.set(INTENT, {"name": CHECK, "confidence": 1.0}, add_to_output=True)
        return messages
