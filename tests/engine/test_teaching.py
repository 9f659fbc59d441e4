"""A run of teaching with a trainer that takes no time: every outcome, and what is in force after each."""

import json

import pytest

from bot.engine.teaching import Tools, carry_out, frozen_questions
from bot.faults import Fault
from bot.settings import load_settings
from bot.teaching import runs
from bot.teaching.choice import choose, read_choice
from bot.teaching.figures import Row
from bot.teaching.teacher import now

ANSWERS = {"old": {"receipt": "receipts", "refund": "receipts"}, "new": {"receipt": "receipts", "refund": "refunds"}}


@pytest.fixture
def settings(database, tmp_path):
    folder = tmp_path / "evaluation"
    folder.mkdir()
    (folder / "frozen_en.csv").write_text("text,language,expected\nreceipt,en,receipts\nrefund,en,refunds\n")
    (folder / "floors.json").write_text(json.dumps({"at_least": {"right": 0.6}}))
    settings = load_settings(
        var_dir=tmp_path, evaluation_dir=folder, database_url=database.url.render_as_string(hide_password=False)
    )
    settings.models_dir.mkdir()
    (settings.models_dir / "old").touch()
    return settings


def tools(settings, train="new", fresh=None, in_force="old"):
    models = settings.models_dir

    def make():
        if isinstance(train, Exception):
            raise train
        (models / train).touch()
        return models / train

    def judge(model, questions, asked):
        rows = []
        for question in questions:
            predicted = ANSWERS[model.name][question["text"]]
            right = "right" if predicted == question["expected"] else "wrong"
            rows.append(Row(question["text"], question["language"], question["expected"], predicted, 0.9, right))
            asked(len(rows))
        return rows

    return Tools(
        train=make,
        judge=judge,
        fresh=lambda: models / fresh if fresh else None,
        in_force=lambda: models / in_force if in_force else None,
        shipped=lambda: "shipped",
        pin=lambda model: choose(models, model.name, "shipped"),
    )


def run(database, settings, with_tools):
    run_id = runs.ask(database, 7, now())
    carry_out(run_id, database, settings, with_tools)
    with database.reading() as session:
        return runs.get(session, run_id)


def test_a_better_model_is_ready_and_waits_for_somebody(database, settings):
    done = run(database, settings, tools(settings))
    assert (done.state, done.progress, done.model, done.compared_with) == ("ready", 100, "new", "old")
    assert (done.comparison["total"]["better"], done.comparison["total"]["worse"]) == (1, 0)
    assert done.trained_at is not None
    assert read_choice(settings.models_dir).model == "old"


def test_a_model_below_a_floor_is_told_so(database, settings):
    (settings.models_dir / "new").touch()
    choose(settings.models_dir, "new", "shipped")
    done = run(database, settings, tools(settings, train="old", in_force="new"))
    assert done.state == "below_floor"
    assert done.comparison["broken"] == [{"figure": "right", "language": None, "limit": 0.6, "value": 0.5}]
    assert read_choice(settings.models_dir).model == "new"


def test_nothing_new_is_nothing_to_do(database, settings):
    done = run(database, settings, tools(settings, train=AssertionError("not needed"), fresh="old"))
    assert (done.state, done.comparison) == ("unchanged", None)


def test_a_model_that_was_trained_before_is_only_compared(database, settings):
    (settings.models_dir / "new").touch()
    done = run(database, settings, tools(settings, train=AssertionError("not needed"), fresh="new"))
    assert (done.state, done.trained_at) == ("ready", None)


def test_the_first_model_is_compared_with_the_floors_only(database, settings):
    done = run(database, settings, tools(settings, in_force=None))
    assert (done.state, done.compared_with, done.comparison["total"]["old"]) == ("ready", None, None)


@pytest.mark.parametrize(
    ("error", "told"),
    [(Fault("content/x.yml: broken"), "content/x.yml: broken"), (RuntimeError("what Amina wrote"), "RuntimeError")],
)
def test_a_fault_fails_the_run_and_tells_no_text(database, settings, error, told):
    run_id = runs.ask(database, 7, now())
    with pytest.raises(type(error)):
        carry_out(run_id, database, settings, tools(settings, train=error))
    with database.reading() as session:
        failed = runs.get(session, run_id)
    assert failed.state == "failed"
    assert told in failed.error
    assert "Amina" not in failed.error
    assert read_choice(settings.models_dir).model == "old"


def test_without_floors_or_questions_nothing_is_trained(database, settings):
    (settings.evaluation_dir / "floors.json").unlink()
    run_id = runs.ask(database, 7, now())
    with pytest.raises(Fault, match=r"floors\.json"):
        carry_out(run_id, database, settings, tools(settings, train=AssertionError("too late")))
    with pytest.raises(Fault, match="frozen"):
        frozen_questions(settings.models_dir)


def test_a_run_that_somebody_else_has_is_refused(database, settings):
    run_id = runs.ask(database, 7, now())
    carry_out(run_id, database, settings, tools(settings))
    with pytest.raises(Fault, match="not waiting"):
        carry_out(run_id, database, settings, tools(settings))
