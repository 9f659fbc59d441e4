"""Lists that change while people ask: nobody waits for an import, and what it changed is told soon after."""

import threading
import time

import pytest
from sqlalchemy import text

from bot.registry import in_force
from bot.registry.lookup import Registry
from bot.settings import ROOT
from bot.storage import prepared
from tests.registry.conftest import NOW, SNAPSHOTS


@pytest.fixture(autouse=True)
def nothing_prepared(monkeypatch):
    """Whatever tests ran before in this process."""
    monkeypatch.setattr(prepared, "_directory", None)


@pytest.fixture
def asked(monkeypatch, put, sources, database):
    """A registry that has read the Kenyan list and looks for changes at every question."""
    monkeypatch.setattr(in_force, "LOOK_AGAIN_S", 0)
    put_shipped(put, sources, "ke_deregistered_agencies")
    registry = Registry(database, ROOT / "content")
    registry.refresh()
    return registry


def put_shipped(put, sources, id):
    put(id, SNAPSHOTS / sources[id].shipped.file, published=sources[id].shipped.published)


def lists(registry):
    return {source.id for source, _ in registry.check("Forbes Enterprises", NOW.date()).consulted}


def test_a_question_is_answered_from_the_lists_of_before_while_long_ones_are_read(asked, put, sources, monkeypatch):
    read = threading.Event()

    class Long(in_force.NameIndex):
        def __init__(self, spelled):
            assert read.wait(30)
            super().__init__(spelled)

    monkeypatch.setattr(in_force, "NameIndex", Long)
    put_shipped(put, sources, "ug_cancelled")
    assert lists(asked) == lists(asked) == {"ke_deregistered_agencies"}
    read.set()
    deadline = time.monotonic() + 30
    while "ug_cancelled" not in lists(asked):
        assert time.monotonic() < deadline


@pytest.fixture
def made(nothing_prepared, monkeypatch, tmp_path):
    """Counts how often lists are worked out from the database; what is worked out is kept for the next process."""
    times, make = [], in_force.ListsInForce._made
    monkeypatch.setattr(in_force.ListsInForce, "_made", lambda self, *of: times.append(of) or make(self, *of))
    monkeypatch.setattr(prepared, "_directory", tmp_path / "prepared")
    return times


def test_the_next_process_reads_lists_that_were_prepared(asked, database, made):
    first, second = [Registry(database, ROOT / "content") for _ in range(2)]
    for registry in (first, second):
        for asked_for in ("Gulfway Recruitment Company Ltd", "Gulfawy Recruitment Company"):
            names = [hit.name for hit in registry.check(asked_for, NOW.date()).matches]
            assert names == ["Gulfway Recruitment Company Ltd"]
    assert len(made) == 1


def test_lists_prepared_from_other_imports_are_not_taken(asked, database, put, sources, made):
    Registry(database, ROOT / "content").refresh()
    put_shipped(put, sources, "ug_cancelled")
    later = Registry(database, ROOT / "content")
    assert lists(later) == {"ke_deregistered_agencies", "ug_cancelled"}
    with database.transaction() as session:  # as in another database, where the same numbers are of another file
        session.execute(text("UPDATE registry_snapshots SET sha256 = 'another'"))
    assert lists(Registry(database, ROOT / "content")) == lists(later)
    assert len(made) == 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite's reader sees what was there when it began
def test_lists_that_changed_while_they_were_read_are_not_prepared(asked, database, made, monkeypatch):
    make = in_force.ListsInForce._made

    def while_an_import_comes_into_force(self, *of):
        with database.transaction() as session:
            session.execute(text("UPDATE registry_snapshots SET sha256 = 'of the import'"))
        return make(self, *of)

    monkeypatch.setattr(in_force.ListsInForce, "_made", while_an_import_comes_into_force)
    assert lists(Registry(database, ROOT / "content")) == {"ke_deregistered_agencies"}
    assert not list(prepared._directory.glob("lists*"))


def test_a_database_that_is_away_leaves_the_lists_as_they_were_and_is_asked_again(asked, database, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(in_force.stored, "lists_in_force", lambda session: session.execute(text("SELECT 1 FROM missing")))
        asked.refresh()
        assert lists(asked) == {"ke_deregistered_agencies"}
    asked.refresh()
    assert lists(asked) == {"ke_deregistered_agencies"}


def test_tables_that_come_later_are_read_when_they_are_there(put, sources, database):
    registry = Registry(database, ROOT / "content")
    with pytest.MonkeyPatch.context() as missing:
        missing.setattr(
            in_force.stored, "lists_in_force", lambda session: session.execute(text("SELECT 1 FROM missing"))
        )
        assert lists(registry) == set()
    put_shipped(put, sources, "ug_cancelled")
    assert lists(registry) == {"ug_cancelled"}
