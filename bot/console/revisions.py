"""Revisions on their way and those of the past: differences, review, publication, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console import publishing as steps
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.topics import content_name
from bot.console.visit import Visit
from bot.editing import workflow
from bot.editing.differences import differences
from bot.editing.exporting import conflicts
from bot.editing.overlay import file_text, published, texts_in_force
from bot.editing.preview import check
from bot.editing.publishing import is_outdated
from bot.editing.tables import Revision, State
from bot.editing.workflow import EditingError


async def on_their_way(visit: Visit) -> Response:
    """Revisions in review, scheduled, and drafts; and files that were changed under a published one."""
    found = await visit.read(workflow.open_revisions)
    root = visit.console.settings.content_dir
    broken = await visit.read(lambda session: conflicts(published(session), root))
    order = (State.IN_REVIEW, State.SCHEDULED, State.DRAFT)
    grouped = [(state.value, [r for r in found if r.state == state.value]) for state in order]
    paths = [*(revision.path for revision in found), *(laid.path for laid in broken)]
    names = {path: content_name(visit, path) for path in paths}
    return visit.render("revisions.html", grouped=grouped, conflicts=broken, names=names)


async def show(visit: Visit) -> Response:
    """One revision: what it changes, what is wrong with it, what can be done with it, what was done."""
    found = await visit.read(_look, visit, _id(visit))
    revision = found["revision"]
    checked = None
    if revision.state in workflow.OPEN:
        settings = visit.console.settings
        checked = await run_in_threadpool(
            check,
            settings.content_dir,
            found["overlay"],
            revision.path,
            revision.text,
            visit.language,
            visit.now.date(),
        )
    name = content_name(visit, revision.path)
    return visit.render("revision.html", checked=checked, name=name, **found)


def _look(session: Session, visit: Visit, id: int) -> dict[str, Any]:
    root = visit.console.settings.content_dir
    revision = steps.revision_or_404(session, id)
    is_open = revision.state in workflow.OPEN
    before = workflow.in_force(session, root, revision.path).text if is_open else _parent_text(session, root, revision)
    laid = published(session)
    in_conflict = any(item.id == id for item in conflicts(laid, root))
    file = file_text(root, revision.path) or ""
    return {
        "revision": revision,
        "file_lines": differences(file, revision.text) if in_conflict else None,
        "is_open": is_open,
        "lines": differences(before or "", revision.text),
        "events": workflow.events(session, [revision.id]),
        "is_outdated": is_open and is_outdated(session, root, revision),
        "needs_other": is_open and steps.publisher(visit).needs_second_pair(session, revision),
        "is_mine": revision.author_id == str(visit.staff.id),
        "overlay": texts_in_force(laid, root),
    }


def _parent_text(session: Session, root: Path, revision: Revision) -> str | None:
    if revision.parent_id is not None:
        return str(workflow.get(session, revision.parent_id).text)
    return file_text(root, revision.path)


async def act(visit: Visit) -> Response:
    """Take one step with a revision."""
    id, do, why = _id(visit), visit.field("do"), visit.field("why")
    if do == "submit":
        return await steps.hand_in(visit, id, why)
    if do == "withdraw":
        return await steps.withdraw(visit, id, why)
    if do == "take_up":
        return await steps.take_up(visit, id)
    if not visit.may(Right.REVIEW_CONTENT):
        raise HTTPException(403)
    if do == "publish":
        return await steps.publish_now(visit, id, _seen(visit))
    if do == "schedule":
        return await steps.schedule(visit, id, visit.field("at"), _seen(visit))
    if do == "send_back":
        return await steps.send_back(visit, id, why)
    raise HTTPException(400)


async def compare(visit: Visit) -> Response:
    """Two revisions of one path beside each other, when a save met a newer one."""
    first, second = int(visit.request.path_params["first"]), int(visit.request.path_params["second"])

    def look(session: Session) -> tuple[Revision, Revision]:
        return steps.revision_or_404(session, first), steps.revision_or_404(session, second)

    theirs, mine = await visit.read(look)
    if theirs.path != mine.path:
        raise HTTPException(404)
    return visit.render("compare.html", theirs=theirs, mine=mine, lines=differences(theirs.text, mine.text))


async def history(visit: Visit) -> Response:
    """All that was done with one path, and the way back to a former text."""
    path = _path(visit)

    def look(session: Session) -> dict[str, Any]:
        revisions = workflow.history(session, path)
        root = visit.console.settings.content_dir
        return {
            "revisions": revisions,
            "events": workflow.events(session, [revision.id for revision in revisions]),
            "in_force": workflow.in_force(session, root, path),
            "has_file": file_text(root, path) is not None,
        }

    found = await visit.read(look)
    return visit.render("content_history.html", path=path, name=content_name(visit, path), **found)


async def roll_back(visit: Visit) -> Response:
    """Put a former text back."""
    to, seen = visit.field("to"), steps.row_id(visit.field("seen"))
    if to and steps.row_id(to) is None:
        raise HTTPException(404)
    return await steps.roll_back(
        visit, _path(visit), steps.row_id(to), visit.field("why"), (seen, visit.field("seen_file"))
    )


def _id(visit: Visit) -> int:
    id = int(visit.request.path_params["id"])
    if id > steps.MOST_ID:
        raise HTTPException(404)
    return id


def _seen(visit: Visit) -> int:
    """The version that the page showed; 0, which no revision has, when the form does not say."""
    return steps.row_id(visit.field("version")) or 0


def _path(visit: Visit) -> str:
    try:
        return workflow.check_path(str(visit.request.path_params["path"]))
    except EditingError:
        raise HTTPException(404) from None


PAGES = (
    Page("/content/revisions", on_their_way, Right.VIEW_CONTENT),
    Page("/content/revisions/{id:int}", show, Right.VIEW_CONTENT),
    Page("/content/revisions/{id:int}", act, Right.EDIT_CONTENT, ("POST",)),
    Page("/content/compare/{first:int}/{second:int}", compare, Right.VIEW_CONTENT),
    Page("/content/history/{path:path}", history, Right.VIEW_CONTENT),
    Page("/content/history/{path:path}", roll_back, Right.REVIEW_CONTENT, ("POST",)),
)
