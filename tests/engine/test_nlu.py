import numpy as np
import pytest
import scipy.sparse

from bot.engine.nlu.intents import OpenSetClassifier
from bot.knowledge.understood import FALLBACK


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


def test_the_classifier_declines_what_resembles_nothing_it_knows():
    random = np.random.default_rng(0)
    centres = np.eye(3, 8) * 4
    features = np.vstack([centre + random.normal(0, 0.3, (20, 8)) for centre in centres])
    labels = np.repeat(["a", "b", "c"], 20)
    classifier = OpenSetClassifier(refuse_correct=0.03, folds=3, temperature=4.0)
    classifier.fit(scipy.sparse.csr_matrix(features), labels)
    known = classifier.confidences(scipy.sparse.csr_matrix(centres[:1]))[0]
    between = classifier.confidences(scipy.sparse.csr_matrix(np.zeros((1, 8))))[0]
    assert classifier.decide(known)[0] == "a"
    assert classifier.decide(between)[0] == FALLBACK
    assert known.sum() == pytest.approx(1.0)


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
