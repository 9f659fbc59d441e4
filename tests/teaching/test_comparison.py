import json

import pytest

from bot.teaching.comparison import compare
from bot.teaching.figures import Row
from bot.teaching.floors import FloorsError, broken, read_floors


def row(language, expected, predicted):
    outcome = "right" if predicted == expected else "abstained" if predicted == "nlu_fallback" else "wrong"
    return Row("secret text", language, expected, predicted, 0.9, outcome)


OLD = [
    row("en", "receipts", "receipts"),
    row("en", "receipts", "nlu_fallback"),
    row("sw", "receipts", "refund"),
    row("sw", "refund", "refund"),
    row("sw", "emergency", "refund"),
]
NEW = [
    row("en", "receipts", "receipts"),
    row("en", "receipts", "receipts"),
    row("sw", "receipts", "receipts"),
    row("sw", "refund", "receipts"),
    row("sw", "emergency", "emergency"),
]


def test_what_got_better_and_worse_is_told_by_language_and_topic():
    compared = compare(OLD, NEW, {})
    assert (compared["total"]["better"], compared["total"]["worse"]) == (3, 1)
    assert (compared["total"]["old"]["right"], compared["total"]["new"]["right"]) == (0.5, 0.75)
    by_language = {code: (change["better"], change["worse"]) for code, change in compared["languages"].items()}
    assert by_language == {"en": (1, 0), "sw": (2, 1)}
    by_topic = {topic: (change["better"], change["worse"]) for topic, change in compared["topics"].items()}
    assert by_topic == {"receipts": (2, 0), "refund": (0, 1), "emergency": (1, 0)}


def test_no_frozen_question_is_stored():
    assert "secret" not in json.dumps(compare(OLD, NEW, {}))


def test_a_first_model_is_compared_with_nothing():
    compared = compare(None, NEW, {})
    assert compared["total"]["old"] is None
    assert compared["total"]["new"]["right"] == 0.75


@pytest.mark.parametrize(
    ("floors", "expected"),
    [
        ({"at_least": {"right": 0.75}}, []),
        ({"at_least": {"right": 0.76}}, [("right", None)]),
        ({"at_most": {"wrong": 0.25}}, []),
        ({"at_most": {"wrong": 0.2}}, [("wrong", None)]),
        ({"right_by_language": {"en": 1.0, "sw": 0.6}}, [("right", "sw")]),
        ({"right_by_language": {"fr": 0.1}}, [("right", "fr")]),
        ({"at_least": {"out_of_scope_refused": 0.1}}, [("out_of_scope_refused", None)]),
    ],
)
def test_floors_and_ceilings(floors, expected):
    compared = compare(OLD, NEW, floors)
    assert [(one["figure"], one["language"]) for one in compared["broken"]] == expected


def test_floors_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(FloorsError, match=r"floors\.json does not exist"):
        read_floors(tmp_path)
    (tmp_path / "floors.json").write_text("{")
    with pytest.raises(FloorsError, match="no JSON"):
        read_floors(tmp_path)


def test_the_shipped_floors_are_ones():
    from bot.settings import ROOT

    floors = read_floors(ROOT / "evaluation")
    assert broken({}, floors)  # nothing holds them that has no figures
