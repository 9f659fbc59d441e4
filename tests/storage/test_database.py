import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.settings import ROOT
from bot.storage.database import Base, Database, DatabaseUnavailable

for module in (ROOT / "bot").glob("*/*tables.py"):
    importlib.import_module(f"bot.{module.parent.name}.{module.stem}")


def test_migrations_give_exactly_the_declared_tables(database):
    with database.engine.connect() as connection:
        # the full-text index is the database's own: a table and its shadows on SQLite, a column on PostgreSQL
        def ours(_object, name, *_):
            return not str(name).startswith("messages_search")

        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(database):
    database.migrate()
    assert database.is_current()


def test_a_database_that_is_gone_is_named_without_its_password():
    with pytest.raises(DatabaseUnavailable) as error:
        Database("postgresql://salama:hunter2@127.0.0.1:1/none").check()
    assert "127.0.0.1" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path):
    (tmp_path / "x.db").mkdir()
    with pytest.raises(DatabaseUnavailable, match=r"x\.db"):
        Database(f"sqlite:///{tmp_path / 'x.db'}").check()
