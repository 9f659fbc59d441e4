"""The classifier's members: hyperplanes over n-grams know spellings, small nets over sentence vectors know meanings."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

TEMPERATURE = 6.0
"""What distances are multiplied by before the softmax."""
NEURONS, DECAY, BATCH = 256, 0.1, 256
SEEN_BY_PLANES, SEEN_BY_NET = 150_000, 220_000
"""Examples that each goes through, counted as often as it does; more is right no more often (docs/decisions/0002)."""
PASSES_OF_PLANES, PASSES_OF_NET = (5, 50), (8, 64)
"""At least and at most; of many examples it is the least that counts."""


class Hyperplanes:
    """What a trained linear support vector machine comes down to, laid out so that one text is scored fast."""

    def __init__(self, ngrams: scipy.sparse.csr_matrix, labels: np.ndarray) -> None:
        often = _passes(SEEN_BY_PLANES, PASSES_OF_PLANES, len(labels))
        with _unconverged():
            svm = LinearSVC(C=1.0, max_iter=often, random_state=0).fit(ngrams, labels)
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
        often = _passes(SEEN_BY_NET, PASSES_OF_NET, len(labels))
        size = min(BATCH, len(labels))
        net = MLPClassifier((NEURONS,), alpha=DECAY, batch_size=size, max_iter=often, random_state=seed)
        with _unconverged():
            net.fit(vectors / self._scale, labels)
        (self._hidden, self._out), (self._hidden_bias, self._out_bias) = net.coefs_, net.intercepts_

    def shares(self, vectors: np.ndarray) -> np.ndarray:
        """The share of belief of each label, one row a vector."""
        hidden = np.maximum(vectors / self._scale @ self._hidden + self._hidden_bias, 0)
        scores: np.ndarray = hidden @ self._out + self._out_bias
        if scores.shape[1] == 1:  # of two labels it tells the second
            scores = np.hstack([np.zeros_like(scores), scores])
        return softmax(scores)


def _passes(seen: int, bounds: tuple[int, int], examples: int) -> int:
    """How often to go through so many examples, to see `seen` in all."""
    return int(np.clip(seen / examples, *bounds))


@contextlib.contextmanager
def _unconverged() -> Iterator[None]:
    """Lets an optimisation be stopped early, on purpose, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def mean_shares(nets: Sequence[Net], vectors: np.ndarray) -> np.ndarray:
    """What `nets` believe on average."""
    shares: np.ndarray = np.mean([net.shares(vectors) for net in nets], axis=0)
    return shares


def softmax(scores: np.ndarray) -> np.ndarray:
    """The shares of each row, which sum to 1."""
    raised = np.exp(scores - scores.max(1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(1, keepdims=True)
    return shares
