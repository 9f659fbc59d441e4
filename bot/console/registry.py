"""The official lists: how fresh they are, a new one through the browser, its differences, and who lets it in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.audit import Act
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.uploads import with_upload
from bot.console.visit import Visit
from bot.knowledge import countries
from bot.registry import overview, snapshots
from bot.registry.importing import import_file
from bot.registry.limits import ImportRefused
from bot.registry.snapshots import Outcome
from bot.registry.source import Source, read_sources

MAX_UPLOAD = 50_000_000
SHOWN = 50
"""Differences of each kind on the page; an approver of more than that goes by the counts."""
MAX_NOTE = 500
_importing: set[str] = set()
"""Sources of which an import runs in this process: a second one would drop what the first has staged."""


async def sources(visit: Visit) -> Response:
    """All sources with the list in force, its age, and what waits."""
    known = await run_in_threadpool(_sources, visit)
    states = await visit.read(overview.overview, known, visit.now.date())
    names = {state.source.country: countries.name(state.source.country, visit.language) for state in states}
    return visit.render("registry.html", states=states, names=names)


async def source(visit: Visit) -> Response:
    """One source: what its words are taken for, the differences of what waits, a form for a new list, its history."""
    return await _source_page(visit, await _source(visit))


async def _source_page(visit: Visit, known: Source, refused: ImportRefused | None = None, file: str = "") -> Response:
    found = await visit.read(_look, visit, known)
    return visit.render(
        "registry_source.html",
        400 if refused else 200,
        source=known,
        country=countries.name(known.country, visit.language),
        refused=refused,
        file=file,
        shown=SHOWN,
        **found,
    )


def _look(session: Session, visit: Visit, known: Source) -> dict[str, Any]:
    state = overview.state_of(session, known, visit.now.date())
    waiting = state.waiting
    return {
        "state": state,
        "changes": overview.differences(session, waiting, SHOWN) if waiting is not None else [],
        "imports": overview.imports(session, known.id),
        "is_mine": waiting is not None and waiting.imported_by == visit.staff.name,
    }


async def upload(visit: Visit) -> Response:
    """Read a new list in beside the one in force; it waits until somebody has looked at the differences."""
    known = await _source(visit)
    back = f"/registry/{known.id}"
    published = _day(visit.field("published"))
    if visit.field("published") and published is None:
        return visit.redirect(back, "registry.said.no_day")
    if known.id in _importing:
        return visit.redirect(back, "registry.said.busy")
    name = ""

    def run(path: Path) -> Outcome:
        nonlocal name
        name = path.name
        return _import(visit, known, path, published)

    try:
        outcome = await with_upload(visit, "file", run)
    except ImportRefused as error:
        return await _source_page(visit, known, error, name)
    if outcome is None:
        return visit.redirect(back, "registry.said.no_file")
    if not await visit.read(_is_waiting, known.id, outcome.snapshot_id):
        return visit.redirect(back, "registry.said.same")
    return visit.redirect(back, "registry.said.read", rows=outcome.rows)


def _import(visit: Visit, known: Source, path: Path, published: dt.date | None) -> Outcome:
    """Stage the list and record who did; it runs in a thread, and to its end though the browser may have gone."""
    _importing.add(known.id)
    try:
        database, by = visit.console.database, visit.staff.name
        outcome = import_file(database, known, path, by, visit.now, published, look_first=True)
        with visit.transaction() as session:
            if _is_waiting(session, known.id, outcome.snapshot_id):
                visit.record(session, Act.REGISTRY_IMPORTED, f"{known.id} snapshot {outcome.snapshot_id}", path.name)
        return outcome
    finally:
        _importing.discard(known.id)


def _is_waiting(session: Session, source_id: str, snapshot_id: int) -> bool:
    waiting = snapshots.held(session, source_id)
    return waiting is not None and waiting.id == snapshot_id


async def decide(visit: Visit) -> Response:
    """Put what waits in force, or give it up. What is held for a reason needs a second person, who says why."""
    known = await _source(visit)
    back, note, do = f"/registry/{known.id}", visit.field("note")[:MAX_NOTE], visit.field("do")
    number = visit.field("snapshot")
    state = await visit.read(overview.state_of, known, visit.now.date())
    if do not in ("approve", "refuse"):
        raise HTTPException(400)
    if state.waiting is None or str(state.waiting.id) != number:
        return visit.redirect(back, "registry.refused.not_waiting", file=known.id, detail="")
    if not note and (do == "refuse" or state.reasons):
        return visit.redirect(back, "registry.said.no_reason")
    if do == "approve" and state.reasons and state.waiting.imported_by == visit.staff.name:
        return visit.redirect(back, "registry.said.second_pair")
    act = Act.REGISTRY_APPROVED if do == "approve" else Act.REGISTRY_REFUSED
    step = snapshots.approve if do == "approve" else snapshots.refuse

    def record(session: Session) -> None:
        visit.record(session, act, f"{known.id} snapshot {number}", note or None)

    try:
        await run_in_threadpool(step, visit.console.database, int(number), visit.staff.name, note, visit.now, record)
    except ImportRefused as error:  # somebody was faster
        return visit.redirect(back, f"registry.refused.{error.code}", file=known.id, detail=error.detail)
    return visit.redirect(back, f"registry.said.{do}d")


def _sources(visit: Visit) -> dict[str, Source]:
    """Those that can be used; what is wrong with the others, `salama content lint` says."""
    return read_sources(visit.console.settings.content_dir)[0]


async def _source(visit: Visit) -> Source:
    known = await run_in_threadpool(_sources, visit)
    id = str(visit.request.path_params["source"])
    if id not in known:
        raise HTTPException(404)
    return known[id]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


PAGES = (
    Page("/registry", sources, Right.VIEW_REGISTRY, nav="nav.registry"),
    Page("/registry/{source}", source, Right.VIEW_REGISTRY),
    Page("/registry/{source}/import", upload, Right.EDIT_REGISTRY, ("POST",), max_body=MAX_UPLOAD),
    Page("/registry/{source}/decide", decide, Right.EDIT_REGISTRY, ("POST",)),
)
