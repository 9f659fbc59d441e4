"""The classifier: a linear model over all features, that knows when it does not know."""

from __future__ import annotations

from typing import Any

import joblib
import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.engine.nlu.features import stacked
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE

RANKING_LENGTH = 10


class OpenSetClassifier:
    """A linear support vector machine whose confidences have a threshold learned by cross-validation.

    Args:
        refuse_correct: the share of correct in-scope answers that may be lost to the threshold.
        folds: of the cross-validation.
        temperature: what the distances are multiplied by before the softmax; 4 gave the best ranking of
            in-scope against out-of-scope on CLINC150's validation part.
    """

    def __init__(self, refuse_correct: float, folds: int, temperature: float) -> None:
        self._refuse_correct, self._folds, self._temperature = refuse_correct, folds, temperature
        self.threshold = 0.0
        self.labels: list[str] = []

    def fit(self, features: scipy.sparse.csr_matrix, labels: np.ndarray) -> None:
        """Learn the labels and the threshold."""
        self._hyperplanes = _Hyperplanes(_svm().fit(features, labels))
        self.labels = list(self._hyperplanes.labels)
        self.threshold = self._learn_threshold(features, labels)

    def confidences(self, features: scipy.sparse.csr_matrix) -> np.ndarray:
        """A row of confidences a text, in the order of `labels`, each summing to one."""
        return self._softmax(self._hyperplanes.distances(features))

    def decide(self, confidences: np.ndarray) -> tuple[str, float]:
        """The label to act on: the likeliest, or the fallback when no in-scope label is likely enough."""
        best = int(confidences.argmax())
        label, confidence = self.labels[best], float(confidences[best])
        declined = label != OUT_OF_SCOPE and confidence < self.threshold
        return (FALLBACK if declined else label), confidence

    def _learn_threshold(self, features: scipy.sparse.csr_matrix, labels: np.ndarray) -> float:
        counts = {label: int((labels == label).sum()) for label in self.labels}
        if len(self.labels) < 2 or min(counts.values()) < self._folds:
            return 0.0
        right: list[float] = []
        for train, test in StratifiedKFold(self._folds, shuffle=True, random_state=0).split(features, labels):
            model = _Hyperplanes(_svm().fit(features[train], labels[train]))
            confidences = self._softmax(model.distances(features[test]))
            predicted = model.labels[confidences.argmax(1)]
            hit = (predicted == labels[test]) & (predicted != OUT_OF_SCOPE)
            right.extend(confidences.max(1)[hit])
        return float(np.quantile(right, self._refuse_correct)) if right else 0.0

    def _softmax(self, distances: np.ndarray) -> np.ndarray:
        scaled = np.exp(self._temperature * (distances - distances.max(1, keepdims=True)))
        shares: np.ndarray = scaled / scaled.sum(1, keepdims=True)
        return shares


class _Hyperplanes:
    """What a trained support vector machine comes down to, laid out so that one text is scored fast."""

    def __init__(self, svm: LinearSVC) -> None:
        self.labels: np.ndarray = svm.classes_
        self._weights = np.ascontiguousarray(svm.coef_.T, dtype=np.float32)
        self._intercepts = svm.intercept_.astype(np.float32)

    def distances(self, features: scipy.sparse.csr_matrix) -> np.ndarray:
        """The distance of each row from each label's hyperplane."""
        scores: np.ndarray = features @ self._weights + self._intercepts
        return np.hstack([-scores, scores]) if len(self.labels) == 2 else scores


def _svm() -> LinearSVC:
    return LinearSVC(C=1.0, random_state=0)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedIntentClassifier(GraphComponent):
    """Ranks the intents and decides, or declines with the intent `nlu_fallback`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        self.classifier = OpenSetClassifier(config["refuse_correct"], config["folds"], config["temperature"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The arguments of `OpenSetClassifier`."""
        return {"refuse_correct": 0.03, "folds": 3, "temperature": 4.0}

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
        self.classifier.fit(stacked(examples), np.array([message.get(INTENT) for message in examples]))
        with self._storage.write_to(self._resource) as directory:
            joblib.dump(self.classifier, directory / "classifier.joblib", compress=1)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank and decide; buttons' payloads (which have an intent already) pass."""
        for message in messages:
            if (message.get(INTENT) or {}).get("name") or not message.get(TEXT):
                continue
            confidences = self.classifier.confidences(stacked([message]))[0]
            order = confidences.argsort()[::-1][:RANKING_LENGTH]
            ranking = [{"name": self.classifier.labels[i], "confidence": float(confidences[i])} for i in order]
            name, confidence = self.classifier.decide(confidences)
            message.set(INTENT, {"name": name, "confidence": confidence}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
