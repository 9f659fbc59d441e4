"""A classifier that knows how likely it is to be right; it knows nothing of Rasa, so that workers load fast."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from bot.engine.nlu.members import TEMPERATURE, Hyperplanes, Net, mean_shares, softmax
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE

NETS = 3
"""Each begins elsewhere; together they are right more often than one."""
WORKERS = min(4, os.cpu_count() or 1)
MOST = 0.5
"""The share above which a message is out of scope; else the topics that it may be are offered."""
FEW = 2000
"""Examples that train faster than a process starts."""


@dataclass(frozen=True)
class Beliefs:
    """What the classifier thinks of some texts, one row a text.

    `shares`: of each label, in the order of the classifier's, summing to 1. `signs`: what tells a right answer from a
    wrong one: the odds of its share, the odds that each member alone gives it, its distance from its hyperplane.
    """

    shares: np.ndarray
    signs: np.ndarray


class OpenSetClassifier:
    """The average of a support vector machine over n-grams and of small nets over sentence vectors.

    Its confidence is the probability that the answer is right. The calibration (Platt, 1999) is learned from a second
    classifier, which learns half of the examples and is asked the others. It declines what it would more likely get
    wrong than `least_confidence` allows.

    Args:
        least_confidence: the probability of being right that an answer must have.
        out_of_scope_share: the share of out-of-scope messages to reckon with; training data hold too few.
    """

    def __init__(self, least_confidence: float, out_of_scope_share: float) -> None:
        self.threshold, self._out_of_scope_share = least_confidence, out_of_scope_share
        self.labels: np.ndarray = np.array([])
        self._calibration: LogisticRegression | None = None

    def fit(self, ngrams: scipy.sparse.csr_matrix, vectors: np.ndarray | None, labels: np.ndarray) -> None:
        """Learn the labels and how far to trust them; `vectors` are None where there is no sentence encoder."""
        learned, asked = _halves(labels)
        samples = [np.arange(len(labels)), learned] if len(asked) else [learned]
        # liblinear holds Python's lock, so processes; it sorts its data in place, so no read-only memory map
        parallel = joblib.Parallel(n_jobs=WORKERS if len(labels) > FEW else 1, max_nbytes=None)
        fitted = parallel(_jobs(samples, ngrams, vectors, labels))
        planes, nets = fitted[: len(samples)], fitted[len(samples) :]
        self._members, self.labels = _Members(planes[0], nets[:NETS]), planes[0].labels
        if len(asked):
            answers = _Members(planes[1], nets[NETS:]).beliefs(ngrams[asked], _rows(vectors, asked))
            self._calibration = self._calibrate(answers, labels[asked])

    def beliefs(self, ngrams: scipy.sparse.csr_matrix, vectors: np.ndarray | None) -> Beliefs:
        """What to think of each text."""
        return self._members.beliefs(ngrams, vectors)

    def decide(self, beliefs: Beliefs) -> tuple[str, float]:
        """The label to act on for the first text, with the probability that it is right; the fallback if it is low."""
        shares = beliefs.shares[0]
        label, confidence = str(self.labels[shares.argmax()]), float(shares.max())
        if self._calibration is not None:
            confidence = _probability(self._calibration, beliefs.signs[0])
        enough = shares.max() > MOST if label == OUT_OF_SCOPE else confidence >= self.threshold
        return (label if enough else FALLBACK), confidence

    def _calibrate(self, beliefs: Beliefs, labels: np.ndarray) -> LogisticRegression | None:
        answers = self.labels[beliefs.shares.argmax(1)]
        answered = answers != OUT_OF_SCOPE
        right = (answers == labels)[answered]
        if right.all() or not right.any():
            return None
        calibration = LogisticRegression(C=100.0)
        calibration.fit(beliefs.signs[answered], right, sample_weight=self._weights(labels)[answered])
        return calibration

    def _weights(self, labels: np.ndarray) -> np.ndarray:
        """Weights under which the out-of-scope examples are the expected share of all."""
        weights: np.ndarray = np.ones(len(labels))
        outside, share = labels == OUT_OF_SCOPE, self._out_of_scope_share
        if outside.any():
            weights[outside] = share / outside.mean()
            weights[~outside] = (1 - share) / (1 - outside.mean())
        return weights


@dataclass(frozen=True)
class _Members:
    planes: Hyperplanes
    nets: list[Net]

    def beliefs(self, ngrams: scipy.sparse.csr_matrix, vectors: np.ndarray | None) -> Beliefs:
        """What both believe on average; the hyperplanes alone where there are no nets or no vectors."""
        distances = self.planes.distances(ngrams)
        of_planes = softmax(TEMPERATURE * distances)
        of_nets = mean_shares(self.nets, vectors) if self.nets and vectors is not None else of_planes
        shares = (of_planes + of_nets) / 2
        answer = np.arange(len(shares)), shares.argmax(1)
        signs = [*(_odds(of[answer]) for of in (shares, of_planes, of_nets)), distances[answer]]
        return Beliefs(shares, np.stack(signs, axis=1))


def _jobs(
    samples: list[np.ndarray], ngrams: scipy.sparse.csr_matrix, vectors: np.ndarray | None, labels: np.ndarray
) -> Iterator[Any]:
    """What to train: the hyperplanes of each sample of rows, then its nets."""
    for rows in samples:
        yield joblib.delayed(Hyperplanes)(ngrams[rows], labels[rows])
    if vectors is None:
        return
    for rows in samples:
        for seed in range(NETS):
            yield joblib.delayed(Net)(vectors[rows], labels[rows], seed)


def _halves(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two halves of the rows, alike in their labels; the second is empty when some label has one example only."""
    rows = np.arange(len(labels))
    _, counts = np.unique(labels, return_counts=True)
    if len(counts) < 2 or counts.min() < 2:
        return rows, rows[:0]
    learned, asked = train_test_split(rows, test_size=0.5, stratify=labels, random_state=0)
    return learned, asked


def _rows(vectors: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if vectors is None else vectors[rows]


def _odds(shares: np.ndarray) -> np.ndarray:
    """The logarithm of the odds."""
    shares = np.clip(shares, 1e-6, 1 - 1e-6)
    odds: np.ndarray = np.log(shares / (1 - shares))
    return odds


def _probability(calibration: LogisticRegression, signs: np.ndarray) -> float:
    """What `predict_proba` gives for one row, without its checks of the input."""
    return 1 / (1 + math.exp(-float(calibration.coef_[0] @ signs + calibration.intercept_[0])))
