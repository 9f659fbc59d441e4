"""`salama registry …`: lists in, their differences, and look-ups."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Column, Table

from bot.faults import Fault
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.storage.database import Database

app = typer.Typer(no_args_is_help=True, help="Official lists of recruiters: import, compare, look up.")
out = Console(highlight=False)
console = Console(stderr=True, highlight=False)
HELD_EXIT = 3
SHOWN = 20


@app.command("import")
def import_list(
    source: str,
    file: Path,
    published: Annotated[
        str | None, typer.Option(help="the list's own date, YYYY-MM-DD; else taken from its name")
    ] = None,
    approve: Annotated[
        str | None, typer.Option(help="put it in force even if there is reason to hold it; say why")
    ] = None,
    by: Annotated[str | None, typer.Option(help="who imports; else the user of this machine")] = None,
) -> None:
    """Import a list. Exit code 3: it is held for approval, the former one stays in force."""
    from bot.registry.importing import import_file, shipped_path
    from bot.registry.limits import sha256

    settings, database = _open()
    chosen = _source(settings, source)
    shipped = shipped_path(settings.content_dir, chosen) if chosen.shipped else None
    known = sha256(shipped) if shipped and shipped.is_file() else None
    with _progress(f"Importing {file.name}") as progress:
        outcome = import_file(
            database, chosen, file, by or _me(), _now(), _day(published), known, approve, progress=progress
        )
    for line in outcome.broken[:SHOWN]:
        out.print(f"not imported, {line}", markup=False, soft_wrap=True)
    diff = outcome.diff
    out.print(
        f"{source}: {outcome.rows:,} rows read, {outcome.broken_count} broken; "
        f"{diff.added:,} new, {diff.changed:,} changed, {diff.removed:,} gone, {diff.same:,} the same"
    )
    if outcome.held:
        out.print(f"HELD: {outcome.held}", markup=False, soft_wrap=True)
        out.print(f"The former list stays in force. Look: salama registry diff {source}")
        out.print(
            f'Then: salama registry approve {source} --note "why"   or: salama registry refuse {source} --note "why"'
        )
        raise typer.Exit(HELD_EXIT)
    out.print(f"In force (snapshot {outcome.snapshot_id}).")


@app.command("diff")
def show_diff(
    source: str,
    file: Annotated[
        Path | None, typer.Argument(help="compare this file without importing it; else the held import")
    ] = None,
    limit: Annotated[int, typer.Option(help="differences of each kind to show")] = SHOWN,
    published: Annotated[str | None, typer.Option(help="the list's own date, YYYY-MM-DD")] = None,
) -> None:
    """Show what an import would add, change and remove."""
    from bot.registry import snapshots
    from bot.registry.diff import changes, compare
    from bot.registry.entries import entries
    from bot.registry.importing import date_in_name
    from bot.registry.limits import sha256
    from bot.registry.readers import read_rows

    settings, database = _open()
    chosen = _source(settings, source)
    if file is not None:
        list_file = snapshots.ListFile(file.name, sha256(file), _day(published) or date_in_name(file), _me())
        with _progress(f"Reading {file.name}") as progress:
            rows = entries(chosen, read_rows(chosen, file))
            snapshots.stage(database, chosen, list_file, rows, _now(), progress)
    with database.transaction() as session:
        waiting = snapshots.held(session, source)
        if waiting is None:
            raise Fault(f"no import of {source} waits for approval: name a file to compare")
        diff = compare(session, source, waiting.id)
        found = changes(session, source, waiting.id, limit)
        broken, reason, id = list(waiting.broken_rows), waiting.hold_reason, waiting.id
    for change in found:
        text = f"{change.before}  ->  {change.after}" if change.kind == "changed" else change.before or change.after
        out.print(f"{change.kind:8} {text}", markup=False, soft_wrap=True)
    for line in broken[:limit]:
        out.print(f"broken   {line}", markup=False, soft_wrap=True)
    out.print(f"{diff.added:,} added, {diff.changed:,} changed, {diff.removed:,} removed, {diff.same:,} the same")
    if reason:
        out.print(f"An import is held: {reason}", markup=False, soft_wrap=True)
    if file is not None:
        snapshots.refuse(database, id, _me(), "compared only", _now())


@app.command()
def approve(source: str, note: Annotated[str, typer.Option(help="why it is right")], by: str | None = None) -> None:
    """Put a held import in force."""
    from bot.registry import snapshots

    settings, database = _open()
    id = _held(database, _source(settings, source).id)
    snapshots.approve(database, id, by or _me(), note, _now())
    out.print(f"{source}: snapshot {id} is in force.")


@app.command()
def refuse(source: str, note: Annotated[str, typer.Option(help="why not")], by: str | None = None) -> None:
    """Give a held import up."""
    from bot.registry import snapshots

    settings, database = _open()
    id = _held(database, _source(settings, source).id)
    snapshots.refuse(database, id, by or _me(), note, _now())
    out.print(f"{source}: snapshot {id} is refused, the former list stays in force.")


@app.command()
def sources() -> None:
    """List the sources, the snapshot of each that is in force, and what is held."""
    from bot.registry import snapshots
    from bot.registry.source import load_sources

    settings, database = _open()
    today = dt.date.today()
    table = Table(Column("source", no_wrap=True), "country", "kind", "in force", "rows", "state")  # ids are typed again
    with database.transaction() as session:
        for source in load_sources(settings.content_dir).values():
            current, waiting = snapshots.in_force(session, source.id), snapshots.held(session, source.id)
            state = (
                "no list" if current is None else "too old" if source.is_stale(current.published, today) else "fresh"
            )
            if waiting:
                state += f"; HELD: {waiting.hold_reason or 'somebody is to look at the differences'}"
            day = "" if current is None else str(current.published or "undated")
            rows = "" if current is None else f"{current.rows:,}"
            table.add_row(source.id, source.country, source.kind.value, day, rows, state)
    out.print(table)


@app.command()
def check(
    query: str,
    country: Annotated[str | None, typer.Option(help="ISO code; only lists of this country")] = None,
    language: Annotated[str, typer.Option(help="of the answer")] = "en",
    json_out: Annotated[bool, typer.Option("--json", help="print the verdict as JSON")] = False,
) -> None:
    """Look a recruiter up by name, licence number or phone number."""
    from bot.registry.lookup import Registry
    from bot.registry.source import load_sources

    settings, database = _open()
    load_missing(settings, database, load_sources(settings.content_dir))
    registry = Registry(database, settings.content_dir)
    verdict = registry.check(query, dt.date.today(), country.upper() if country else None)
    if json_out:
        typer.echo(json.dumps(as_json(verdict), ensure_ascii=False))
        return
    from bot.knowledge.answers import Composer
    from bot.knowledge.reading import load
    from bot.registry.replies import reply

    knowledge = load(settings.content_dir)
    if language not in knowledge.languages:
        raise Fault(f'"{language}" is not spoken: choose one of {", ".join(knowledge.languages)}')
    said = reply(Composer(knowledge, language, sms=False, today=dt.date.today()), verdict)
    for line in (said.text, *(f"  {number} {choice.title}" for number, choice in enumerate(said.choices, 1))):
        out.print(line, markup=False, soft_wrap=True)


@app.command()
def history(query: str) -> None:
    """Show everything the lists ever said of a name or number, with dates."""
    from bot.registry.history import statements

    settings, database = _open()
    table = Table("name", "licence", "list", "said", "from", "until")
    for row in statements(database, settings.content_dir, query):
        table.add_row(row.name, row.licence, row.source, row.status, str(row.since or "?"), row.until)
    out.print(table)


def as_json(verdict: Any) -> dict[str, Any]:
    """The verdict as other programs read it."""
    return {
        "verdict": verdict.ruling.value,
        "matches": [_match(hit) for hit in verdict.matches],
        "history": [_match(hit) for hit in verdict.history],
        "lists": [{"source": s.id, "as_of": str(day) if day else None} for s, day in verdict.consulted],
    }


@app.command()
def load() -> None:
    """Load the lists that come with Salama, where there are none yet; `salama run` does it by itself."""
    from bot.registry.source import load_sources

    settings, database = _open()
    load_missing(settings, database, load_sources(settings.content_dir))


def load_missing(settings: Settings, database: Database, known: Any, longest_bytes: int | None = None) -> None:
    """Import the lists that come with Salama, where there are none yet; longer files than `longest_bytes` are left."""
    from bot.registry.importing import load_shipped
    from bot.registry.snapshots import rekey

    rekey(database, known)
    with _progress("Loading the official lists that come with Salama") as progress:
        load_shipped(database, known, settings.content_dir, _now(), lambda source, rows: progress(rows), longest_bytes)


def _match(hit: Any) -> dict[str, Any]:
    return {
        "name": hit.name,
        "licence": hit.licence,
        "source": hit.source.id,
        "as_of": str(hit.as_of) if hit.as_of else None,
        "score": hit.score,
        "status": hit.status.value,
        "city": hit.city,
        "country": hit.source.country,
    }


class _progress:
    """A line on stderr that counts rows; it shows only from the first row on."""

    def __init__(self, title: str) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed:,.0f} rows"))
        self._bar, self._title = Progress(*columns, console=console, transient=True), title
        self._task: TaskID | None = None

    def __enter__(self) -> Callable[[int], None]:
        return self._show

    def _show(self, rows: int) -> None:
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=None)
        self._bar.update(self._task, completed=rows)

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._bar.stop()


def _open() -> tuple[Settings, Database]:
    from bot.storage.database import Database

    settings = load_settings()
    database = Database(settings.database)
    database.migrate()
    return settings, database


def _source(settings: Settings, id: str) -> Any:
    from bot.registry.source import load_sources

    known = load_sources(settings.content_dir)
    if id not in known:
        raise Fault(f'there is no source "{id}": it is one of {", ".join(known)}, or describe it (docs/registries.md)')
    return known[id]


def _held(database: Database, source: str) -> int:
    from bot.registry import snapshots

    with database.transaction() as session:
        waiting = snapshots.held(session, source)
        if waiting is None:
            raise Fault(f"no import of {source} waits for approval")
        return int(waiting.id)


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Fault(f'"{text}" is no date: write YYYY-MM-DD') from None


def _me() -> str:
    return getpass.getuser()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)
