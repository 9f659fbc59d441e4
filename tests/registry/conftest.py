"""A registry with the shipped lists, all but the longest; no test changes it."""

import datetime as dt

import pytest

from bot.registry.importing import import_file
from bot.registry.limits import sha256
from bot.registry.lookup import Registry
from bot.registry.source import load_sources
from bot.settings import ROOT
from bot.storage.database import Database

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)
SNAPSHOTS = ROOT / "content" / "registries" / "snapshots"


@pytest.fixture(scope="session")
def sources():
    return load_sources(ROOT / "content")


@pytest.fixture
def put(database, sources):
    """Imports a file into a database of its own, as `salama registry import` does."""

    def import_(id, path, **options):
        source = sources[id] if isinstance(id, str) else id
        known = sha256(SNAPSHOTS / source.shipped.file) if source.shipped else None
        return import_file(database, source, path, "test", NOW, known_hash=known, **options)

    return import_


@pytest.fixture(scope="session")
def registry(tmp_path_factory, sources):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('registry') / 'salama.db'}")
    database.migrate()
    for source in sources.values():
        if source.shipped and source.kind.value != "employers":
            path = SNAPSHOTS / source.shipped.file
            import_file(database, source, path, "test", NOW, source.shipped.published, known_hash=sha256(path))
    return Registry(database, ROOT / "content")
