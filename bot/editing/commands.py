"""`salama content export`, `stale` and `translations`; joined to `salama content`."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated

import typer
from rich.console import Console

from bot.editing.exporting import Outcome, export
from bot.editing.overlay import texts_to_train_from
from bot.editing.staleness import Due, staleness
from bot.editing.translations import FileState, Need, Standing, standing
from bot.editing.units import Unit
from bot.faults import Fault
from bot.knowledge.reading import load
from bot.settings import load_settings
from bot.storage.database import Database

out = Console(highlight=False)


def add_to(app: typer.Typer) -> None:
    """Give `salama content` these commands."""
    app.command("export")(export_revisions)
    app.command("stale")(stale)
    app.command("translations")(translations)


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


def translations(
    language: Annotated[str | None, typer.Option(help="only this language, such as sw")] = None,
    drafted: Annotated[bool, typer.Option("--drafted", help="also list what no native reader has reviewed")] = False,
) -> None:
    """List what is missing, behind or changed since its review; exit code 1 when there is something."""
    settings = load_settings()
    database = Database(settings.database)
    database.migrate()
    knowledge = load(settings.content_dir, texts_to_train_from(settings.database, settings.content_dir))
    if language is not None and language not in knowledge.languages:
        raise Fault(f'"{language}" is not spoken: choose one of {", ".join(knowledge.languages)}')
    found = standing(database, settings.content_dir, knowledge, dt.datetime.now(dt.timezone.utc))
    states = [state for code in knowledge.languages if language in (None, code) for state in found.states(code)]
    open_ones = [state for state in states if set(state.needs) - {Need.DRAFTED}]
    for state in states if drafted else open_ones:
        if state.needs:
            out.print(_needs(found, state), markup=False, soft_wrap=True)
    counts = {need: sum(need in state.needs for state in states) for need in Need}
    out.print(
        f"{len(states)} files: {counts[Need.MISSING]} lack texts, {counts[Need.BEHIND]} are behind, "
        f"{counts[Need.LAPSED]} changed since their review, {counts[Need.DRAFTED]} not yet reviewed",
        soft_wrap=True,
    )
    if open_ones:
        sys.exit(1)


def _needs(found: Standing, state: FileState) -> str:
    told = [f"{need.value} ({count})" if count > 1 else need.value for need, count in state.needs.items()]
    keys = [unit.key for unit in found.files[state.path].units if _is_open(found, unit, state.language)]
    since = f"; changed since in {', '.join(state.behind)}" if state.behind else ""
    texts = f": {', '.join(keys)}" if keys else ""
    return f"{state.language}  {state.path}  {', '.join(told)}{texts}{since}"


def _is_open(found: Standing, unit: Unit, language: str) -> bool:
    mark = found.mark(unit, language)
    return (language not in unit.texts and unit.is_needed()) or bool(mark and mark.behind)


def _line(due: Due) -> str:
    things = {"topic": "topic", "facts": f"{due.count} facts", "offices": f"{due.count} offices"}[due.kind.value]
    return f"{due.review_by}  {due.path}  ({things}, checked {due.reviewed_on})"
