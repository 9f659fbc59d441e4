import numpy as np
import pytest
import scipy.sparse
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.language import LanguageIdentifier
from bot.engine.nlu.open_set import Beliefs, OpenSetClassifier
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE


async def entities(assistant, text):
    parsed = await assistant.understand(text)
    return {(e["entity"], e["value"], e.get("role")) for e in parsed["entities"] if e["entity"] == "country"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is the rule in Qatar", "QA"),
        ("je pars au Koweït", "KW"),
        ("quero ir para a África do Sul", "ZA"),
        ("nataka kwenda Falme za Kiarabu", "AE"),
    ],
)
async def test_country_names_are_found_in_every_language(assistant, text, expected):
    assert expected in {value for _, value, _ in await entities(assistant, text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am not going to Qatar", set()),
        ("I am no longer in Kenya, I am in Oman", {"OM"}),
        ("they do not pay me in Qatar", {"QA"}),
        ("je ne suis plus au Liban", set()),
        ("je ne suis pas payé au Liban", {"LB"}),
        ("não vou para Angola, estou na África do Sul", {"ZA"}),
        ("siko Kenya, niko Oman", {"OM"}),
        ("nimetoka Kenya", {"KE"}),
    ],
)
async def test_a_country_that_the_person_is_not_in_is_not_taken(assistant, text, expected):
    assert {value for _, value, _ in await entities(assistant, text)} == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I would like to know what papers I need for the journey", "en"),
        ("je voudrais savoir quels papiers il me faut pour le voyage", "fr"),
        ("gostava de saber que documentos preciso para a viagem", "pt"),
        ("ningependa kujua ni hati gani ninahitaji kwa safari", "sw"),
    ],
)
async def test_a_sentence_tells_its_language(assistant, text, language):
    parsed = await assistant.understand(text)
    assert [e["value"] for e in parsed["entities"] if e["entity"] == "language"] == [language]


@pytest.fixture(scope="module")
def identifier():
    return LanguageIdentifier()


@pytest.mark.parametrize(
    ("text", "current", "language"),
    [
        ("je m'appelle Aminata, j'ai 23 ans", None, "fr"),  # pycld2 says Portuguese
        ("scam", None, "en"),  # langidentify says Portuguese, pycld2 Latin
        ("urgent visa", None, None),
        ("j'ai peur", "en", "fr"),
        ("no pay", "sw", "en"),
        ("visa", "en", None),
        ("ok thanks", "sw", None),
        ("Skill Dove", "fr", None),
        ("Mariam, 77 123 45 67", "fr", None),
        ("First Choice Recruitment", "fr", None),
    ],
)
def test_the_words_of_the_field_tell_the_language_of_a_few_of_them(identifier, text, current, language):
    [message] = identifier.process([Message({"text": text, "metadata": {"language": current}})])
    assert [entity["value"] for entity in message.get("entities", [])] == ([language] if language else [])


async def test_a_word_of_danger_is_an_emergency_however_unlikely_the_classifier_finds_it(assistant):
    parsed = await assistant.understand("what does the visa cost and who pays the ticket, nataka kujinyonga")
    assert parsed["intent"]["name"] == "emergency"


@pytest.mark.parametrize("text", ["Qatar", "South Africa", "Saudi Arabia?", "Dubai"])
async def test_the_name_of_a_place_tells_no_language(assistant, text):
    parsed = await assistant.understand(text)
    assert "language" not in {entity["entity"] for entity in parsed["entities"]}


@pytest.fixture(scope="module")
def classifier():
    """Three overlapping clouds, and some points of every kind between them that are out of scope."""
    random = np.random.default_rng(0)
    centres = np.eye(3, 8) * 2
    clouds = [centre + random.normal(0, 0.7, (60, 8)) for centre in centres]
    outside = random.normal(0, 1.0, (30, 8))
    labels = np.repeat(["a", "b", "c", OUT_OF_SCOPE], [60, 60, 60, 30])
    classifier = OpenSetClassifier(least_confidence=0.6, out_of_scope_share=0.3)
    classifier.fit(scipy.sparse.csr_matrix(np.vstack([*clouds, outside])), None, labels)
    return classifier


def decide(classifier, point):
    return classifier.decide(classifier.beliefs(scipy.sparse.csr_matrix([point]), None))


def test_the_classifier_answers_what_it_knows_and_declines_what_lies_between(classifier):
    assert decide(classifier, [3, 0, 0, 0, 0, 0, 0, 0])[0] == "a"
    between = decide(classifier, [1.2, 1.2, 1.2, 0, 0, 0, 0, 0])
    assert between[0] == FALLBACK
    assert between[1] < 0.6


@pytest.mark.parametrize(("share", "decided"), [(0.45, FALLBACK), (0.55, OUT_OF_SCOPE)])
def test_out_of_scope_takes_more_than_half_of_the_belief_else_topics_are_offered(classifier, share, decided):
    shares = np.array([[(1 - share) * part for part in (0.7, 0.2, 0.1)] + [share]])
    assert list(classifier.labels) == ["a", "b", "c", OUT_OF_SCOPE]
    assert classifier.decide(Beliefs(shares, np.zeros((1, 4))))[0] == decided


def test_the_members_agree_where_only_one_of_them_knows():
    """N-grams tell a from b, vectors tell c from d; together they tell all four."""
    random = np.random.default_rng(0)
    labels = np.repeat(["a", "b", "c", "d"], 50)
    ngrams = np.repeat([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]], 50, axis=0)
    vectors = np.repeat([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], 50, axis=0) + random.normal(0, 0.2, (200, 3))
    classifier = OpenSetClassifier(least_confidence=0.3, out_of_scope_share=0.05)
    sparse, dense = scipy.sparse.csr_matrix(ngrams, dtype=np.float32), vectors.astype(np.float32)
    classifier.fit(sparse, dense, labels)
    answers = classifier.labels[classifier.beliefs(sparse, dense).shares.argmax(1)]
    assert (answers == labels).mean() > 0.97
    alone = classifier.labels[classifier.beliefs(sparse, None).shares.argmax(1)]
    assert (alone == labels)[:100].all()
    assert (alone == labels)[100:].mean() < 0.6


def test_confidence_is_the_probability_of_being_right(classifier):
    random = np.random.default_rng(1)
    points = np.vstack([centre + random.normal(0, 0.7, (400, 8)) for centre in np.eye(3, 8) * 2])
    answers = [decide(classifier, point) for point in points]
    kept = [(a == label, c) for (a, c), label in zip(answers, np.repeat(["a", "b", "c"], 400), strict=True) if c > 0.6]
    right, confidence = np.mean(kept, axis=0)
    assert right >= confidence - 0.05  # the reckoned share of out-of-scope, absent here, makes it modest


def test_the_benchmark_of_the_pipeline_learns_other_data(tmp_path, monkeypatch):
    from bot.engine.nlu_benchmark import run

    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    weather = [f"will it rain {day}" for day in ("today", "tomorrow", "on monday", "on sunday", "at night", "soon")]
    money = [f"send {n} dollars to {who}" for n, who in enumerate(("mum", "ann", "joe", "dad", "me", "eve"))]
    rows = [f"{text},weather/rain" for text in weather] + [f"{text},money" for text in money]
    train.write_text("text,label\n" + "\n".join(rows) + "\nsing me a song,oos\ntell a joke,oos\n")
    test.write_text("text,label\nwill it rain at noon,weather/rain\nsend 3 dollars to bob,money\nsing a song,oos\n")
    result = run(train, test, "oos")
    assert result["in_scope_accuracy"] == 1.0
    assert set(result) == {"in_scope_accuracy", "oos_recall", "threshold", "train_seconds", "ms_per_message", "rows"}
    assert result["rows"][0]["predicted"] == "weather/rain"
    fixed = run(train, test, "oos", validation_file=test)
    assert fixed["threshold"] == min(row["confidence"] for row in fixed["rows"] if row["label"] != "oos")


def test_training_keeps_nothing_for_a_training_that_is_not_forced(tmp_path, monkeypatch):
    from rasa.engine.caching import LocalTrainingCache

    from bot.engine.nlu_benchmark import run

    def kept(*_, **__):
        raise AssertionError("hashed and kept")

    monkeypatch.setattr(LocalTrainingCache, "cache_output", kept)
    rows = tmp_path / "rows.csv"
    rows.write_text("text,label\nwill it rain,weather\nis it sunny,weather\nsend 3 dollars,money\npay bob,money\n")
    assert run(rows, rows, None)["in_scope_accuracy"] is not None


def test_examples_that_are_merged_without_copies_stand_there_once():
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.engine.lean import leave_out_of_training

    leave_out_of_training()
    twice = [Message.build("is it safe?", intent=intent) for intent in ("risk_check ", "risk_check")]
    others = [Message.build("is it safe?", intent="greet"), Message({"action_name": "action_menu"}), twice[0]]
    whole = TrainingData(twice, {"KSA": "SA"}).merge(TrainingData(others, {"UAE": "AE"}), None)
    assert [example.data for example in whole.training_examples] == [
        {"text": "is it safe?", "intent": "risk_check"},
        {"text": "is it safe?", "intent": "greet"},
        {"action_name": "action_menu"},
    ]
    assert whole.entity_synonyms == {"KSA": "SA", "UAE": "AE"}
