"""A linear classifier that knows how likely it is to be right; it knows nothing of Rasa, so that workers load fast."""

from __future__ import annotations

import math
import os

import joblib
import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE

TEMPERATURE = 4.0
"""What distances are multiplied by before the softmax; 4 ranked best on CLINC150's validation part."""
TOLERANCE = 0.1
"""Of the optimisation: 1e-4 takes a third longer and is right no more often (docs/decisions/0002)."""
WORKERS = min(4, os.cpu_count() or 1)
FEW = 2000
"""Examples that train faster than a process starts."""


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
        everything = np.arange(len(labels))
        folds = self._splits(labels)
        # liblinear holds Python's lock, so processes; it sorts its data in place, so no read-only memory map
        parallel = joblib.Parallel(n_jobs=WORKERS if len(labels) > FEW else 1, max_nbytes=None)
        fitted: list[_Hyperplanes] = parallel(
            joblib.delayed(_fit)(features[rows], labels[rows]) for rows in (everything, *(train for train, _ in folds))
        )
        self._hyperplanes, self.labels = fitted[0], fitted[0].labels
        self._calibration = self._calibrate(features, labels, folds, fitted[1:])

    def distances(self, features: scipy.sparse.csr_matrix) -> np.ndarray:
        """The distance of each text from each label's hyperplane, in the order of `labels`."""
        return self._hyperplanes.distances(features)

    def decide(self, distances: np.ndarray) -> tuple[str, float]:
        """The label to act on, with the probability that it is right; the fallback when that is too low."""
        label = str(self.labels[distances.argmax()])
        confidence = float(shares(distances[None]).max())
        if self._calibration is not None:
            confidence = self._probability(self._calibration, _signs(distances[None])[0])
        declined = label != OUT_OF_SCOPE and confidence < self.threshold
        return (FALLBACK if declined else label), confidence

    @staticmethod
    def _probability(calibration: LogisticRegression, signs: np.ndarray) -> float:
        """What `predict_proba` gives for one row, without its checks of the input."""
        return 1 / (1 + math.exp(-float(calibration.coef_[0] @ signs + calibration.intercept_[0])))

    def _splits(self, labels: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Rows to train on and to test with; none when some label has too few examples."""
        _, counts = np.unique(labels, return_counts=True)
        if len(counts) < 2 or counts.min() < self._folds:
            return []
        return list(StratifiedKFold(self._folds, shuffle=True, random_state=0).split(labels, labels))

    def _calibrate(
        self,
        features: scipy.sparse.csr_matrix,
        labels: np.ndarray,
        folds: list[tuple[np.ndarray, np.ndarray]],
        fitted: list[_Hyperplanes],
    ) -> LogisticRegression | None:
        if not folds:
            return None
        distances = np.zeros((len(labels), len(self.labels)), dtype=np.float32)
        for (_, test), hyperplanes in zip(folds, fitted, strict=True):
            distances[test] = hyperplanes.distances(features[test])
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
    """What tells a right answer from a wrong one: the best distance, and the odds of its share."""
    share = np.clip(shares(distances).max(1), 1e-6, 1 - 1e-6)
    signs: np.ndarray = np.stack([distances.max(1), np.log(share / (1 - share))], axis=1)
    return signs


def _fit(features: scipy.sparse.csr_matrix, labels: np.ndarray) -> _Hyperplanes:
    return _Hyperplanes(LinearSVC(C=1.0, tol=TOLERANCE, random_state=0).fit(features, labels))
