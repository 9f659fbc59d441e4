"""The classifier's component: ranks the intents, and decides or declines."""

from __future__ import annotations

import re
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.nlu.features import ngrams_of, vectors_of
from bot.engine.nlu.open_set import OpenSetClassifier
from bot.knowledge.understood import EMERGENCY, FALLBACK
from bot.knowledge.words import plain

RANKING_LENGTH = 10
SAYS_NOTHING = re.compile(r"\d{0,2}")
"""Plain words that mean nothing by themselves: none ("?"), or a number that no choice has; "112" is a call for help."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedIntentClassifier(GraphComponent):
    """Ranks the intents and decides, or declines with the intent `nlu_fallback`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        options = ("least_confidence", "out_of_scope_share")
        self.classifier = OpenSetClassifier(*(config[option] for option in options))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The arguments of `OpenSetClassifier`."""
        return {"least_confidence": 0.4, "out_of_scope_share": 0.05}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CalibratedIntentClassifier:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CalibratedIntentClassifier:
        """Load what was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component.classifier = joblib.load(directory / "classifier.joblib")
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent."""
        examples = [
            m for m in training_data.training_examples if m.get(INTENT) and m.get(TEXT)
        ]  # rules give some without
        labels = np.array([message.get(INTENT) for message in examples])
        self.classifier.fit(ngrams_of(examples), vectors_of(examples), labels)
        with self._storage.write_to(self._resource) as directory:
            joblib.dump(self.classifier, directory / "classifier.joblib")  # Rasa packs the model: once is enough
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank and decide; buttons' payloads (which have an intent already) pass."""
        for message in messages:
            if (message.get(INTENT) or {}).get("name") or not message.get(TEXT):
                continue
            if SAYS_NOTHING.fullmatch(plain(message.get(TEXT))):
                message.set(INTENT, {"name": FALLBACK, "confidence": 0.0}, add_to_output=True)
                knows = EMERGENCY in self.classifier.labels  # the detector reads that there, and "🆘" is one
                ranking = [{"name": EMERGENCY, "confidence": 0.0}] if knows else []
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
                continue
            beliefs = self.classifier.beliefs(ngrams_of([message]), vectors_of([message]))
            shares = beliefs.shares[0]
            order = shares.argsort()[::-1]
            # an emergency is always told: the detector reads there that this model knows of them
            told = [
                i for rank, i in enumerate(order) if rank < RANKING_LENGTH or self.classifier.labels[i] == EMERGENCY
            ]
            ranking = [{"name": str(self.classifier.labels[i]), "confidence": float(shares[i])} for i in told]
            name, confidence = self.classifier.decide(beliefs)
            message.set(INTENT, {"name": name, "confidence": confidence}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
