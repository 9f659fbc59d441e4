"""What conversations about recruiters need: the lists, and somebody who talks."""

import datetime as dt

import pytest
from test_dialogue import Talk

from bot.engine.assistant import Assistant
from bot.engine.training import usable_model
from bot.knowledge.reply import Choice
from bot.registry.importing import import_file
from bot.registry.limits import sha256
from bot.registry.source import load_sources
from bot.settings import ROOT
from bot.storage.database import Database

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)


@pytest.fixture(scope="session")
def listed_settings(model_settings, tmp_path_factory):
    """The trained model beside a database that holds the short shipped lists."""
    url = f"sqlite:///{tmp_path_factory.mktemp('dialogue') / 'salama.db'}"
    database = Database(url)
    database.migrate()
    for source in load_sources(ROOT / "content").values():
        if source.shipped and source.kind.value != "employers":
            path = ROOT / "content/registries/snapshots" / source.shipped.file
            import_file(database, source, path, "test", NOW, source.shipped.published, known_hash=sha256(path))
    return model_settings.copy(update={"database_url": url})


@pytest.fixture(scope="session")
def lists(listed_settings):
    """An assistant that knows those lists."""
    return Assistant(usable_model(listed_settings), listed_settings)


@pytest.fixture
def talk(lists):
    return Talk(lists)


def pick(talk, payload):
    """Offers a choice, as a menu does, so that a digit can take it."""
    talk.choices = (Choice("", payload),)


async def report(talk, *texts):
    """Begins a report of a recruiter after a greeting, and says `texts` one after the other."""
    await talk.say("hello")
    pick(talk, "/report_recruiter")
    for text in texts:
        await talk.say(text)
