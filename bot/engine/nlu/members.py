"""The classifier's members: hyperplanes over n-grams know spellings, small nets over sentence vectors know meanings."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

TEMPERATURE = 6.0
"""What distances are multiplied by before the softmax."""
TOLERANCE = 0.1
"""Of the optimisation: 1e-4 takes a third longer and is right no more often (docs/decisions/0002)."""
NEURONS, DECAY, BATCH = 256, 0.1, 128
SEEN = 350_000
"""Examples that a net learns from, again and again; so many passes, within these bounds."""
PASSES = (8, 24)


class Hyperplanes:
    """What a trained linear support vector machine comes down to, laid out so that one text is scored fast."""

    def __init__(self, ngrams: scipy.sparse.csr_matrix, labels: np.ndarray) -> None:
        svm = LinearSVC(C=1.0, tol=TOLERANCE, random_state=0).fit(ngrams, labels)
        self.labels: np.ndarray = svm.classes_
        self._weights = np.ascontiguousarray(svm.coef_.T, dtype=np.float32)
        self._intercepts = svm.intercept_.astype(np.float32)

    def distances(self, ngrams: scipy.sparse.csr_matrix) -> np.ndarray:
        """The distance of each row from each label's hyperplane, in the order of `labels`."""
        scores: np.ndarray = ngrams @ self._weights + self._intercepts
        return np.hstack([-scores, scores]) if len(self.labels) == 2 else scores


class Net:
    """A net of one hidden layer; its labels are those of the hyperplanes, in the same order."""

    def __init__(self, vectors: np.ndarray, labels: np.ndarray, seed: int) -> None:
        self._scale = float(vectors.std()) or 1.0
        passes = int(np.clip(SEEN / len(labels), *PASSES))
        size = min(BATCH, len(labels))
        net = MLPClassifier((NEURONS,), alpha=DECAY, batch_size=size, max_iter=passes, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early on purpose
            net.fit(vectors / self._scale, labels)
        (self._hidden, self._out), (self._hidden_bias, self._out_bias) = net.coefs_, net.intercepts_

    def shares(self, vectors: np.ndarray) -> np.ndarray:
        """The share of belief of each label, one row a vector."""
        hidden = np.maximum(vectors / self._scale @ self._hidden + self._hidden_bias, 0)
        scores: np.ndarray = hidden @ self._out + self._out_bias
        if scores.shape[1] == 1:  # of two labels it tells the second
            scores = np.hstack([np.zeros_like(scores), scores])
        return softmax(scores)


def mean_shares(nets: Sequence[Net], vectors: np.ndarray) -> np.ndarray:
    """What `nets` believe on average."""
    shares: np.ndarray = np.mean([net.shares(vectors) for net in nets], axis=0)
    return shares


def softmax(scores: np.ndarray) -> np.ndarray:
    """The shares of each row, which sum to 1."""
    raised = np.exp(scores - scores.max(1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(1, keepdims=True)
    return shares
