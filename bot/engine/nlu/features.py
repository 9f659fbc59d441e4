"""What the classifier sees of a text: n-grams of characters and of words, and a sentence encoder's vector."""

from __future__ import annotations

import copy
import logging
import pickle
from collections import Counter
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

from bot.engine.nlu.encoder import ENCODER_PACKAGE, encoder, vectors
from bot.knowledge.words import plain

logger = logging.getLogger(__name__)
VECTORIZER = "vectorizer.pickle"


class Row(Features):
    """A message's row of a matrix, cut out of it when asked for; a training asks for the matrix whole."""

    def __init__(self, matrix: Any, number: int, origin: str) -> None:
        self.matrix, self.number = matrix, number
        self.type, self.attribute, self.origin = FEATURE_TYPE_SENTENCE, TEXT, origin

    @property
    def features(self) -> Any:
        """A matrix of that one row."""
        return self.matrix if self.matrix.shape[0] == 1 else self.matrix[self.number : self.number + 1]


def add(messages: list[Message], matrix: Any, origin: str) -> None:
    """Give each message its row of `matrix` as a sentence feature."""
    for number, message in enumerate(messages):
        message.add_features(Row(matrix, number, origin))


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
        return {"analyzer": "char_wb", "ngram_range": [3, 5], "min_df": 2}

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
        _learned[self._resource.name] = self._vectorizer.fit_transform(_texts(training_data.training_examples))
        del self._vectorizer.stop_words_  # three times as many as the vocabulary, and for those who wonder only
        pickled = pickle.dumps(self._vectorizer)  # joblib takes ten times as long to read it
        with self._storage.write_to(self._resource) as directory:
            (directory / VECTORIZER).write_bytes(pickled)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurize the examples."""
        add(training_data.training_examples, _learned.pop(self._resource.name), self._origin)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Featurize messages."""
        texts = _texts(messages)
        if texts:
            matrix = self._vectorizer.transform(texts) if len(texts) > 1 else self._one.transform(texts[0])
            add(messages, matrix, self._origin)
        return messages

    @property
    def _origin(self) -> str:
        return f"{self._config['analyzer']} n-grams"

    @cached_property
    def _one(self) -> _OneText:
        return _OneText(self._vectorizer)


_learned: dict[str, scipy.sparse.csr_matrix] = {}
"""The features of the examples of a training, by resource: they are at hand when the vocabulary has been learned."""


def _texts(messages: list[Message]) -> list[str]:
    return [message.get(TEXT) or "" for message in messages]


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
            add(messages, vectors(_texts(messages)), "encoder")
        return messages


def ngrams_of(messages: list[Message]) -> scipy.sparse.csr_matrix:
    """All n-gram features of `messages` side by side, one row a message; they were featurized together."""
    blocks: dict[str, list[Row]] = {}
    for row in _rows(messages):
        if scipy.sparse.issparse(row.matrix):
            blocks.setdefault(row.origin, []).append(row)
    if len(messages) == 1:
        return _side_by_side([rows[0].features for rows in blocks.values()])
    return scipy.sparse.hstack([_whole(rows) for rows in blocks.values()], format="csr")


def vectors_of(messages: list[Message]) -> np.ndarray | None:
    """The encoder's vectors of `messages`, one row each; None when there are none."""
    rows = [row for row in _rows(messages) if not scipy.sparse.issparse(row.matrix)]
    return _whole(rows) if rows else None


def _rows(messages: list[Message]) -> list[Row]:
    return [feature for message in messages for feature in message.features if isinstance(feature, Row)]


def _whole(rows: list[Row]) -> Any:
    """The rows of one matrix as a matrix."""
    return rows[0].matrix[[row.number for row in rows]]


def _side_by_side(rows: list[Any]) -> scipy.sparse.csr_matrix:
    """What scipy's `hstack` makes of the rows of a single message, in a tenth of the time."""
    values, places, width = [], [], 0
    for row in rows:
        values.append(row.data)
        places.append(row.indices + width)
        width += row.shape[1]
    return _row(np.concatenate(values), np.concatenate(places), width)


def _row(values: np.ndarray, places: np.ndarray, width: int) -> scipy.sparse.csr_matrix:
    row = copy.copy(_empty(width))  # what is given to the constructor is checked, for longer than a message is counted
    row.data, row.indices, row.indptr = values, places, np.array([0, len(places)], np.int32)
    return row


@lru_cache(maxsize=8)
def _empty(width: int) -> scipy.sparse.csr_matrix:
    return scipy.sparse.csr_matrix((1, width), dtype=np.float32)
