"""`salama backup` and `salama restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import load_settings
from bot.storage.backup import backup as make_backup
from bot.storage.backup import restore as put_back
from bot.storage.database import Database
from bot.supervisor import check_port

console = Console(stderr=True, highlight=False)
SECRET = (
    "The secret (SALAMA_SECRET or secret.key) is not in it, and is needed to read addresses: keep it somewhere else."
)


def backup(file: Annotated[Path, typer.Argument(help="a new file, which only you may read")]) -> None:
    """Write the whole database into a file; Salama may go on running."""
    make_backup(Database(load_settings().database), file)
    console.print(f"{file}: {file.stat().st_size:,} bytes. {SECRET}", soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(help="what `salama backup` wrote")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Put a backup in the place of everything in the database; Salama must be stopped."""
    settings = load_settings()
    check_port(settings)
    database = Database(settings.database)
    if not yes:
        typer.confirm(f"Everything in {database.url!r} will be replaced. Go on?", abort=True)
    put_back(database, file)
    console.print(
        "Restored. People who had their data erased after the backup was made are in it again: the console's audit log "
        "of today's database, if you have it, names their codes; erase them once more.",
        soft_wrap=True,
    )
