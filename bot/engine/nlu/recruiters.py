"""A message that asks about a firm by its listed name or number is a look-up, whatever the classifier makes of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.dialogue_state import open_form
from bot.registry.at_hand import lists_say
from bot.registry.lookup import Registry

CHECK, REPORT = "check_recruiter", "report_recruiter"
WISHES, LEAST_WISH = ("watch_recruiter", "unwatch_recruiter"), 0.3
"""What else may be wanted of a named firm, where the classifier gives it that share and more than the look-up; a report
needs the share alone, for nobody who asks whether a firm is good says that (at most 0.02 in 15 such questions)."""
LONGEST = 100
"""Characters of a message that only asks about a firm."""
GIVES_WAY = (None, "centre_form")
"""Without an open form, or in one of a short question that anything else closes."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RecruiterDetector(GraphComponent):
    """Makes the intent `check_recruiter` when the lists know the name or the number and no question is open."""

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
        for message in messages:
            text = str(message.get(TEXT) or "")
            shares = {one["name"]: one["confidence"] for one in message.get(INTENT_RANKING_KEY) or ()}
            # a picked choice has no ranking
            if not shares or open_form() not in GIVES_WAY:
                continue
            wish = _wish(shares)
            if wish == CHECK == (message.get(INTENT) or {}).get("name"):
                continue
            if lists_say(partial(_asks_about, text)):
                message.set(INTENT, {"name": wish, "confidence": 1.0}, add_to_output=True)
        return messages


def _asks_about(text: str, lists: Registry) -> bool:
    """Whether a listed firm is named; who was struck off is told in a message of any length."""
    if lists.names_struck_off(text):
        return True
    return len(text) <= LONGEST and (lists.is_named_in_full(text) or lists.is_alone_and_nearly_listed(text))


def _wish(shares: dict[str, float]) -> str:
    if shares.get(REPORT, 0.0) >= LEAST_WISH:
        return REPORT
    likeliest = max((CHECK, *WISHES), key=lambda wish: shares.get(wish, 0.0))
    return likeliest if shares.get(likeliest, 0.0) >= LEAST_WISH else CHECK
