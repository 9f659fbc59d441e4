"""The classifier: a linear model over all features, that knows how likely it is to be right."""

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
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.engine.nlu.features import stacked
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE

RANKING_LENGTH = 10
TEMPERATURE = 4.0
"""What distances are multiplied by before the softmax; 4 ranked best on CLINC150's validation part."""


class OpenSetClassifier:
    """A linear support vector machine with a calibrated confidence: the probability that its answer is right.

    The calibration (Platt, 1999) is learned from answers in cross-validation. It declines what it would more
    likely get wrong than `least_confidence` allows.

    Args:
        least_confidence: the probability of being right that an answer must have.
        out_of_scope_share: the share of out-of-scope messages to reckon with; training data hold too few.
        folds: of the cross-validation.
    """

    def __init__(self, least_confidence: float, out_of_scope_share: float, folds: int) -> None:
        self.threshold = least_confidence
        self._out_of_scope_share, self._folds = out_of_scope_share, folds
        self.labels: np.ndarray = np.array([])
        self._calibration: LogisticRegression | None = None

    def fit(self, features: scipy.sparse.csr_matrix, labels: np.ndarray) -> None:
        """Learn the labels and how far to trust them."""
        self._hyperplanes = _Hyperplanes(_svm().fit(features, labels))
        self.labels = self._hyperplanes.labels
        self._calibration = self._calibrate(features, labels)

    def distances(self, features: scipy.sparse.csr_matrix) -> np.ndarray:
        """The distance of each text from each label's hyperplane, in the order of `labels`."""
        return self._hyperplanes.distances(features)

    def decide(self, distances: np.ndarray) -> tuple[str, float]:
        """The label to act on, with the probability that it is right; the fallback when that is too low."""
        label = str(self.labels[distances.argmax()])
        confidence = float(shares(distances[None]).max())
        if self._calibration is not None:
            confidence = float(self._calibration.predict_proba(_signs(distances[None]))[0, 1])
        declined = label != OUT_OF_SCOPE and confidence < self.threshold
        return (FALLBACK if declined else label), confidence

    def _calibrate(self, features: scipy.sparse.csr_matrix, labels: np.ndarray) -> LogisticRegression | None:
        _, counts = np.unique(labels, return_counts=True)
        if len(counts) < 2 or counts.min() < self._folds:
            return None
        distances = np.zeros((len(labels), len(counts) if len(counts) > 2 else 2), dtype=np.float32)
        for train, test in StratifiedKFold(self._folds, shuffle=True, random_state=0).split(features, labels):
            distances[test] = _Hyperplanes(_svm().fit(features[train], labels[train])).distances(features[test])
        answers = self.labels[distances.argmax(1)]
        answered = answers != OUT_OF_SCOPE
        right = (answers == labels)[answered]
        if right.all() or not right.any():
            return None
        calibration = LogisticRegression(C=100.0)
        calibration.fit(_signs(distances[answered]), right, sample_weight=self._weights(labels)[answered])
        return calibration

    def _weights(self, labels: np.ndarray) -> np.ndarray:
        """Weights under which the out-of-scope examples are the expected share of all."""
        weights: np.ndarray = np.ones(len(labels))
        outside, share = labels == OUT_OF_SCOPE, self._out_of_scope_share
        if outside.any():
            weights[outside] = share / outside.mean()
            weights[~outside] = (1 - share) / (1 - outside.mean())
        return weights


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


def shares(distances: np.ndarray) -> np.ndarray:
    """The softmax of each row: a share of belief for each label, for ranking."""
    scaled = np.exp(TEMPERATURE * (distances - distances.max(1, keepdims=True)))
    normal: np.ndarray = scaled / scaled.sum(1, keepdims=True)
    return normal


def _signs(distances: np.ndarray) -> np.ndarray:
    """What tells a right answer from a wrong one: the best distance, its lead, and the odds of its share."""
    second, best = np.sort(distances, 1)[:, -2:].T
    share = np.clip(shares(distances).max(1), 1e-6, 1 - 1e-6)
    signs: np.ndarray = np.stack([best, best - second, np.log(share / (1 - share))], axis=1)
    return signs


def _svm() -> LinearSVC:
    return LinearSVC(C=1.0, random_state=0)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedIntentClassifier(GraphComponent):
    """Ranks the intents and decides, or declines with the intent `nlu_fallback`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        options = ("least_confidence", "out_of_scope_share", "folds")
        self.classifier = OpenSetClassifier(*(config[option] for option in options))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The arguments of `OpenSetClassifier`."""
        return {"least_confidence": 0.3, "out_of_scope_share": 0.1, "folds": 3}

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
            distances = self.classifier.distances(stacked([message]))[0]
            belief = shares(distances[None])[0]
            order = distances.argsort()[::-1][:RANKING_LENGTH]
            ranking = [{"name": str(self.classifier.labels[i]), "confidence": float(belief[i])} for i in order]
            name, confidence = self.classifier.decide(distances)
            message.set(INTENT, {"name": name, "confidence": confidence}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
