"""One database, SQLite or PostgreSQL, reached through short transactions."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, declarative_base, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import Insert
from sqlalchemy.types import TypeDecorator

from bot.faults import Fault

BUSY_TIMEOUT_MS = 10_000
LOOK_AGAIN_S = 0.001
IDLE_S = 1.0
"""A connection to PostgreSQL that lay so long may be lost."""

Base: Any = declarative_base()


class InsertOnce(Insert):
    """An INSERT that leaves out what is there already; the dialects' own are compiled at each execution."""

    inherit_cache = True

    def __init__(self, table: Any) -> None:
        super().__init__(table.__table__)
        self._inline = True  # no RETURNING, which would have to stand behind


@compiles(InsertOnce)
def _insert_once(insert: InsertOnce, compiler: Any, **options: Any) -> str:
    return f"{compiler.visit_insert(insert, **options)} ON CONFLICT DO NOTHING"


class UtcDateTime(TypeDecorator):
    """An aware UTC datetime; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Refuse naive datetimes, store the rest as UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime {value}")
        return value.astimezone(dt.timezone.utc) if value else None

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=dt.timezone.utc) if value and value.tzinfo is None else value


class DatabaseUnavailable(Fault):
    """The database cannot be reached or opened; the message says which and why, without its password."""


class Database:
    """Opens transactions on one database.

    Args:
        url: an SQLAlchemy address: `sqlite:///var/salama.db` or `postgresql://user:password@host/name`.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._sessions = sessionmaker(self.engine, future=True, expire_on_commit=False)
        reader = self.engine.execution_options(reads_only=True)
        self._readers = sessionmaker(reader, future=True, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an error leaves the block."""
        with self._sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; on SQLite it neither waits for a writer nor makes one wait."""
        with self._readers.begin() as session:
            yield session

    def check(self) -> None:
        """Raise DatabaseUnavailable unless a query succeeds."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise DatabaseUnavailable(f"database {self.url!r} cannot be opened: {reason}") from None

    def migrate(self) -> None:
        """Bring the tables to the newest revision."""
        from bot.storage import revisions  # few processes migrate, and none that is started again does

        self.check()
        with self.engine.begin() as connection:
            revisions.upgrade(connection)

    def scrub(self, tables: Sequence[str]) -> bool:
        """Take deleted rows of `tables` out of the files too; False when somebody who reads kept SQLite from it.

        SQLite overwrites what is deleted (`secure_delete`); here the write-ahead log is emptied. PostgreSQL gives the
        space free, but its files hold the bytes until the space is used again (docs/privacy.md).
        """
        if self.is_sqlite:
            connection = self.engine.raw_connection()
            try:
                busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
            return not busy
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM {', '.join(tables)}"))
        return True

    def is_current(self) -> bool:
        """Whether the tables are at the newest revision."""
        from bot.storage import revisions

        with self.engine.connect() as connection:
            return revisions.is_newest(connection)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _postgresql_engine(url: str) -> Engine:
    # an error's text would else hold what people wrote
    # the connection used last is the one that need not be tried
    engine = create_engine(url, future=True, hide_parameters=True, pool_use_lifo=True)

    @event.listens_for(engine, "checkin")
    def _put_back(_connection: object, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: Any, _fairy: object) -> None:
        """Try a connection that lay idle; pool_pre_ping would try each, also one that worked a moment ago."""
        try:
            if time.monotonic() - record.info.get("used", -IDLE_S) >= IDLE_S:
                engine.dialect.do_ping(connection)
            connection.autocommit = False
        except engine.dialect.dbapi.Error:
            raise DisconnectionError from None  # the pool makes a new one

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # each statement sees what is committed by then anyhow: to a reader a transaction is two calls more;
        # SQLAlchemy's AUTOCOMMIT would be one more too, to set and reset the isolation level
        if connection.get_execution_options().get("reads_only"):
            connection.connection.dbapi_connection.autocommit = True

    return engine


def _sqlite_engine(url: str) -> Engine:
    options = {"check_same_thread": False}
    # the default, a new connection each time, writes the whole log back and deletes it whenever the last one closes
    engine = create_engine(url, future=True, hide_parameters=True, poolclass=QueuePool, connect_args=options)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # pysqlite would begin transactions by itself, and too late
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # erased words must not stay in the file
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("reads_only"):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)

    return engine


def _begin_writing(connection: Any) -> None:
    """Take the write lock now: a later upgrade from reader to writer may fail, this waits.

    SQLite's own waiting sleeps up to 100 ms at a time, unfair to whoever came first; this looks each millisecond.
    """
    raw = connection.connection.dbapi_connection
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() >= deadline:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from None
                time.sleep(LOOK_AGAIN_S)
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
