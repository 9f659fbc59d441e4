"""`salama content export` and `salama content stale`; joined to `salama content`."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.editing.exporting import Outcome, export
from bot.editing.overlay import texts_to_train_from
from bot.editing.staleness import Due, staleness
from bot.faults import Fault
from bot.knowledge.store import load
from bot.settings import load_settings
from bot.storage.database import Database

out = Console(highlight=False)


def add_to(app: typer.Typer) -> None:
    """Give `salama content` these commands."""
    app.command("export")(export_revisions)
    app.command("stale")(stale)


def export_revisions() -> None:
    """Write the published revisions to content/; a file that was changed under one is a conflict, and left alone."""
    settings = load_settings()
    database = Database(settings.database)
    database.migrate()
    done = export(database, settings.content_dir, dt.datetime.now(dt.timezone.utc))
    for item in done:
        out.print(f"{item.outcome.value:<12} {item.path} (revision {item.revision_id})", markup=False, soft_wrap=True)
    written = sum(item.outcome is Outcome.WRITTEN for item in done)
    out.print(f"{len(done)} published revisions, {written} files written")
    if conflicts := sum(item.outcome is Outcome.CONFLICT for item in done):
        raise Fault(f"{conflicts} files were changed under a revision: solve them in the console, under Content")


def stale(
    soon: Annotated[bool, typer.Option("--soon", help="also list what is due within 30 days")] = False,
) -> None:
    """List what is past its review date; exit code 1 when there is something."""
    settings = load_settings()
    overlay = texts_to_train_from(settings.database, settings.content_dir)
    found = staleness(load(settings.content_dir, overlay), dt.date.today())
    for due in (*found.past, *(found.soon if soon else ())):
        out.print(_line(due), markup=False, soft_wrap=True)
    out.print(
        f"{found.past_count} of {found.total} topics, facts and offices are past their review date, "
        f"{sum(due.count for due in found.soon)} will be within 30 days"
    )
    if found.past:
        sys.exit(1)


def _line(due: Due) -> str:
    things = {"topic": "topic", "facts": f"{due.count} facts", "offices": f"{due.count} offices"}[due.kind.value]
    return f"{due.review_by}  {due.path}  ({things}, checked {due.reviewed_on})"
