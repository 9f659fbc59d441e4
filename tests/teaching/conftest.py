"""Runs of teaching without Rasa: a trainer that writes a file, and models that are tables of answers."""

import datetime as dt
import json

import pytest

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.timezone.utc)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def models_dir(tmp_path):
    """A folder with the models "old" and "new", the former in force."""
    from bot.teaching.choice import choose

    directory = tmp_path / "models"
    directory.mkdir()
    for name in ("old", "new"):
        (directory / name).write_text(json.dumps(name))
    choose(directory, "old", "shipped")
    return directory
