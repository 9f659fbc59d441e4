"""`salama teach` with real models: the session's model twice, so that nothing has to be trained."""

import json
import shutil

import pytest
from sqlalchemy import select

from bot.console.tables import AuditEntry
from bot.engine import training
from bot.settings import load_settings
from bot.storage.database import Database
from bot.teaching.choice import read_choice
from tests.test_cli import salama

OLD = "salama-old.tar.gz"


@pytest.fixture
def taught(model_settings, tmp_path):
    """A var/ in which a copy named OLD is in force, and the session's model waits to be compared with it."""
    settings = load_settings(var_dir=tmp_path / "var", evaluation_dir=tmp_path / "evaluation")
    settings.models_dir.mkdir(parents=True)
    settings.evaluation_dir.mkdir()
    fresh = training.fresh_model(model_settings)
    shutil.copy(fresh, settings.models_dir / fresh.name)
    shutil.copy(fresh, settings.models_dir / OLD)
    training.put_in_force(settings, settings.models_dir / OLD)
    questions = "text,language,expected\nhow do i get a receipt,en,receipts\nmy agent has no licence,en,no_such_topic\n"
    (settings.evaluation_dir / "frozen_en.csv").write_text(questions)
    (settings.evaluation_dir / "floors.json").write_text(json.dumps({"at_least": {"right": 0.9}}))
    return settings, fresh.name


def test_a_floor_keeps_the_model_in_force_a_reason_changes_it_and_back_returns(taught):
    settings, new = taught
    here = {"SALAMA_VAR_DIR": settings.var_dir, "SALAMA_EVALUATION_DIR": settings.evaluation_dir, "COLUMNS": "200"}
    refused = salama("teach", **here)
    assert refused.returncode == 1
    assert "2 frozen questions" in refused.stdout
    assert "BROKEN  right is 50.0%, its limit 90.0%" in refused.stdout
    assert "the former model stays in force" in refused.stderr
    assert read_choice(settings.models_dir).model == OLD

    changed = salama("teach", "--override", "one question of two has no topic", **here)
    assert changed.returncode == 0, changed.stderr
    assert f"In force: {new}" in changed.stderr
    assert read_choice(settings.models_dir).model == new

    back = salama("teach", "--back", **here)
    assert back.returncode == 0, back.stderr
    assert read_choice(settings.models_dir).model == OLD
    with Database(settings.database).reading() as session:
        acts = [(e.act, e.reason) for e in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts == [("model_overridden", "one question of two has no topic"), ("model_taken_back", None)]


def test_nothing_to_go_back_to_is_one_line(tmp_path):
    ran = salama("teach", "--back", SALAMA_VAR_DIR=tmp_path)
    assert (ran.returncode, ran.stderr.strip()) == (1, "salama: there is no former model to go back to")
