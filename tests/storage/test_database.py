import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.settings import ROOT
from bot.storage import database as module_of_database
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


def test_a_transaction_that_follows_a_look_can_be_rolled_back(database):
    version = text("SELECT number FROM content_version")

    def number():
        with database.reading() as session:
            return session.scalar(version)

    def fail_half_way():
        with database.transaction() as session:
            session.execute(text("DELETE FROM content_version"))
            session.execute(text("INSERT INTO content_version (id, number) VALUES (1, 77)"))
            raise RuntimeError

    before = number()
    with pytest.raises(RuntimeError):
        fail_half_way()
    assert number() == before


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # a file is not lost
def test_a_connection_lost_while_it_lay_idle_is_replaced(database, monkeypatch):
    monkeypatch.setattr(module_of_database, "IDLE_S", 0.0)
    database.check()
    other = Database(database.url.render_as_string(hide_password=False))
    with other.reading() as session:
        here = "datname = current_database() AND pid <> pg_backend_pid()"
        assert session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {here}")).all()
    other.close()
    database.check()


def test_a_database_that_is_gone_is_named_without_its_password():
    with pytest.raises(DatabaseUnavailable) as error:
        Database("postgresql://salama:hunter2@127.0.0.1:1/none").check()
    assert "127.0.0.1" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path):
    (tmp_path / "x.db").mkdir()
    with pytest.raises(DatabaseUnavailable, match=r"x\.db"):
        Database(f"sqlite:///{tmp_path / 'x.db'}").check()
