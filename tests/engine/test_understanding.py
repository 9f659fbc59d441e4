"""The floors of understanding, recorded in evaluation/floors.json: a change that breaks one is a step back."""

import json

import pytest

from bot.engine.evaluation import evaluate, read_questions, summary
from bot.settings import ROOT

QUESTIONS = ROOT / "evaluation"
FLOORS = json.loads((QUESTIONS / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
async def figures(assistant):
    files = sorted(QUESTIONS.glob("frozen_*.csv"))
    return summary(await evaluate(assistant, [row for file in files for row in read_questions(file)]))


@pytest.mark.parametrize("figure", FLOORS["at_least"])
async def test_no_figure_is_below_its_floor(figures, figure):
    assert figures[figure] >= FLOORS["at_least"][figure]


@pytest.mark.parametrize("figure", FLOORS["at_most"])
async def test_no_figure_is_above_its_ceiling(figures, figure):
    assert figures[figure] <= FLOORS["at_most"][figure]


@pytest.mark.parametrize("language", FLOORS["right_by_language"])
async def test_no_language_is_below_its_floor(figures, language):
    assert figures["by_language"][language]["right"] >= FLOORS["right_by_language"][language]
