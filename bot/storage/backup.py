"""Backups of the whole database, consistent while everything runs, and putting one back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from bot.faults import Fault
from bot.storage.database import Database

SQLITE, POSTGRESQL = b"SQLite format 3\x00", b"PGDMP"
PREPARE = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
"""Before a dump is read in, in the same transaction: tables that a newer version made would stay otherwise."""


class BackupError(Fault):
    """A backup cannot be made or put back; the message says why, and nothing was changed."""


def backup(database: Database, path: Path) -> None:
    """Write everything in `database` into a new file that only its owner may read.

    Raises:
        BackupError: the file exists or cannot be written, or PostgreSQL's programs are missing or too old.
    """
    if path.exists():
        raise BackupError(f"{path} exists already: choose another name")
    with _written_whole(path) as part:
        if database.is_sqlite:
            with contextlib.closing(sqlite3.connect(str(database.url.database))) as source:
                _copy(source, part)
        else:
            _run(["pg_dump", "--format=custom", f"--file={part}"], database)


def restore(database: Database, path: Path) -> None:
    """Put the backup in `path` in the place of everything in `database`, all or nothing, and migrate it.

    Raises:
        BackupError: it is no backup of this kind of database, was made by a newer Salama, or something is running.
    """
    from bot.storage import revisions

    _check_kind(database, path)
    found = _sqlite_revision(path) if database.is_sqlite else _postgresql_revision(database, path)
    if found not in revisions.known_revisions():
        raise BackupError(f"{path} was made by a newer Salama (tables {found}): update Salama first")
    database.close()
    if database.is_sqlite:
        _restore_sqlite(Path(str(database.url.database)), path)
    else:
        _restore_postgresql(database, path)
    database.migrate()


@contextlib.contextmanager
def _written_whole(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when the block ends well, and is gone when not."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy a database that may be in use: one snapshot; writers go on meanwhile."""
    with contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise BackupError(f"the copy is damaged ({verdict})")


def _check_kind(database: Database, path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(SQLITE))
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from None
    wanted = SQLITE if database.is_sqlite else POSTGRESQL
    if not head.startswith(wanted):
        name = "SQLite" if database.is_sqlite else "PostgreSQL"
        raise BackupError(f"{path} is no backup of Salama on {name}, which SALAMA_DATABASE_URL names")


def _sqlite_revision(path: Path) -> str | None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path} is damaged or no backup of Salama: {error}") from None
    if verdict != "ok":
        raise BackupError(f"{path} is damaged: {verdict}")
    return str(row[0]) if row else None


def _restore_sqlite(place: Path, path: Path) -> None:
    _refuse_while_open(place)
    with _written_whole(place) as part, contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
        _copy(source, part)


def _refuse_while_open(place: Path) -> None:
    """SQLite leaves write-ahead logging only when nobody else has the database open; the log is gone then, too."""
    if not place.exists():
        return
    with contextlib.closing(sqlite3.connect(place, timeout=0.5)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise BackupError("Salama is running on this database: stop it first") from None
        except sqlite3.DatabaseError:
            return  # what is there is damaged: all the more reason to put a backup in its place


def _postgresql_revision(database: Database, path: Path) -> str | None:
    command = ["pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(path)]
    lines = _run(command, database, connects=False).splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("COPY ")), None)
    return lines[start + 1] if start is not None else None


def _restore_postgresql(database: Database, path: Path) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with database.engine.connect() as connection:
        if connection.execute(others).scalar_one():
            raise BackupError("somebody is connected to this database: stop Salama first")
    database.close()
    script = _run(["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(path)], database, connects=False)
    lines = (line for line in script.splitlines(keepends=True) if not line.startswith("CREATE SCHEMA public"))
    command = ["psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run(command, database, given=PREPARE + "".join(lines))


def _run(command: list[str], database: Database, given: str | None = None, connects: bool = True) -> str:
    """Run one of PostgreSQL's programs; the password goes by the environment, where no list of processes shows it."""
    program = shutil.which(command[0])
    if program is None:
        raise BackupError(f"{command[0]} is not installed: install PostgreSQL's client programs")
    url = database.url
    names = {"PGHOST": url.host or url.query.get("host"), "PGPORT": url.port, "PGUSER": url.username,
             "PGPASSWORD": url.password, "PGDATABASE": url.database}  # fmt: skip
    environment = {**os.environ, **{name: str(value) for name, value in names.items() if value and connects}}
    done = subprocess.run([program, *command[1:]], env=environment, input=given, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()] or ["no reason given"]
        raise BackupError(f"{command[0]} did not succeed, and nothing was changed: {said[0]}")
    return done.stdout
