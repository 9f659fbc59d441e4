"""`salama outbox`: replies that could not be delivered, and sending them again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.conversations.outbox import dead_letters, resend
from bot.conversations.worker import now
from bot.faults import Fault
from bot.settings import load_settings
from bot.storage.database import Database

outbox_app = typer.Typer(no_args_is_help=True, help="Replies that could not be delivered.")


@outbox_app.command("dead")
def dead() -> None:
    """List the newest dead letters: number, channel, when, why. Neither text nor address is shown."""
    database = _database()
    with database.reading() as session:
        found = dead_letters(session)
    table = Table("message", "channel", "since", "tries", "reason")
    for message in found:
        since = message.created_at.isoformat(timespec="minutes")
        table.add_row(str(message.id), message.channel, since, str(message.attempts), message.error or "")
    Console(highlight=False).print(table)


@outbox_app.command("resend")
def send_again(
    messages: Annotated[list[int] | None, typer.Argument(help="numbers from `salama outbox dead`")] = None,
    everything: Annotated[bool, typer.Option("--all", help="the newest 100")] = False,
) -> None:
    """Queue dead letters again; not for people who said STOP."""
    if bool(messages) == everything:
        raise Fault("name the messages, or give --all")
    with _database().transaction() as session:
        wanted = messages or [message.id for message in dead_letters(session)]
        done = resend(session, wanted, now())
    Console(highlight=False).print(f"{done} of {len(wanted)} queued again")


def _database() -> Database:
    database = Database(load_settings().database)
    database.check()
    return database
