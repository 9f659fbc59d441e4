"""The revisions of the tables, and bringing a database to the newest. Alembic takes a third of a second to import."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_newest(connection: Connection) -> bool:
    """Whether the tables are at the newest revision."""
    here = MigrationContext.configure(connection).get_current_revision()
    return bool(here == ScriptDirectory.from_config(_config()).get_current_head())


def known_revisions() -> frozenset[str]:
    """The revisions of the tables that this version knows how to bring up to date."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
