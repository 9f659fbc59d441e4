"""The steps of a revision as an editor takes them in the browser; what is refused leads back with the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.audit import Act as Audited
from bot.console.visit import Visit
from bot.editing import workflow
from bot.editing.overlay import published, texts_in_force
from bot.editing.preview import check
from bot.editing.publishing import CLOCK, Publisher, Refused
from bot.editing.second_pair import SecondPair
from bot.editing.tables import Act, Revision
from bot.editing.workflow import EditingError, Editor

AUDITED = {
    Act.PUBLISHED: Audited.CONTENT_PUBLISHED,
    Act.SCHEDULED: Audited.CONTENT_SCHEDULED,
    Act.ROLLED_BACK: Audited.CONTENT_ROLLED_BACK,
}

MOST_ID = 2**63 - 1
MOST_DIGITS = 18
MOST_TOLD = 5


def row_id(text: str) -> int | None:
    """The number that a form names a row or version by; None when it is none that a database takes."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def editor(visit: Visit) -> Editor:
    """Who is signed in, as the history of revisions names them."""
    return Editor(str(visit.staff.id), visit.staff.name)


def publisher(visit: Visit, why: str = "") -> Publisher:
    """The publisher, whose acts go into the audit log with `why`."""
    settings = visit.console.settings

    def record(session: Session, act: Act, path: str) -> None:
        visit.record(session, AUDITED[act], path, why or None)

    return Publisher(visit.console.database, settings.content_dir, SecondPair(settings.content_review), record)


async def hand_in(visit: Visit, id: int, reason: str) -> Response:
    """Submit revision `id`; one with errors stays a draft."""
    return await _attempt(visit, id, _submit, visit, id, reason, say="editing.said.submitted")


def _submit(visit: Visit, id: int, reason: str) -> None:
    root = visit.console.settings.content_dir
    with visit.reading() as session:
        revision = workflow.get(session, id)
        overlay = texts_in_force(published(session), root)
    if check(root, overlay, revision.path, revision.text, visit.language, visit.now.date()).has_errors:
        raise EditingError("refused", f"revision {id} has errors")
    with visit.transaction() as session:
        workflow.submit(session, id, editor(visit), reason, visit.now)
        visit.record(session, Audited.CONTENT_SUBMITTED, revision.path, reason)


def _tell(session: Session, visit: Visit, id: int, error: Refused) -> None:
    """Keep in the history what the check found, for it may lie in another file."""
    root = visit.console.settings.content_dir
    revision = workflow.get(session, id)
    problems = sorted(error.problems, key=lambda problem: problem.file != root / revision.path)  # its own come first
    told = "; ".join(str(problem).removeprefix(f"{root}/") for problem in problems[:MOST_TOLD])
    workflow.note(session, revision, Act.REFUSED, CLOCK, told, visit.now)


async def publish_now(visit: Visit, id: int, seen: int) -> Response:
    """Publish revision `id` as it was `seen`, at that version."""
    steps = publisher(visit).publish
    return await _attempt(visit, id, steps, id, editor(visit), visit.now, seen, say="editing.said.published")


async def schedule(visit: Visit, id: int, at: str, seen: int) -> Response:
    """Publish revision `id` as it was `seen` at `at`, an ISO date and time: in UTC when it names no zone."""
    try:
        given = dt.datetime.fromisoformat(at)
        time = given.astimezone(dt.timezone.utc) if given.tzinfo else given.replace(tzinfo=dt.timezone.utc)
    except (ValueError, OverflowError):
        return visit.redirect(f"/content/revisions/{id}", "editing.refused.no_time")
    steps = publisher(visit).schedule
    return await _attempt(visit, id, steps, id, editor(visit), time, visit.now, seen, say="editing.said.scheduled")


async def send_back(visit: Visit, id: int, why: str) -> Response:
    """Give revision `id` back to its author."""

    def run() -> None:
        with visit.transaction() as session:
            revision = workflow.send_back(session, id, editor(visit), why, visit.now)
            visit.record(session, Audited.CONTENT_SENT_BACK, revision.path, why)

    return await _attempt(visit, id, run, say="editing.said.sent_back")


async def withdraw(visit: Visit, id: int, why: str) -> Response:
    """Give revision `id` up."""

    def run() -> None:
        with visit.transaction() as session:
            revision = workflow.withdraw(session, id, editor(visit), why, visit.now)
            visit.record(session, Audited.CONTENT_WITHDRAWN, revision.path, why)

    return await _attempt(visit, id, run, say="editing.said.withdrawn")


async def take_up(visit: Visit, id: int) -> Response:
    """Let the text of draft `id` stand on what people read now."""

    def run() -> None:
        with visit.transaction() as session:
            workflow.take_up(session, visit.console.settings.content_dir, id, editor(visit), visit.now)

    return await _attempt(visit, id, run, say="editing.said.taken_up")


async def roll_back(visit: Visit, path: str, to_id: int | None, why: str, seen: tuple[int | None, str]) -> Response:
    """Put a former text of `path` back, if what people read is still what the page showed (`seen`)."""
    try:
        steps = publisher(visit, why).roll_back
        await run_in_threadpool(steps, path, to_id, editor(visit), why, visit.now, seen)
    except EditingError as error:
        return visit.redirect(f"/content/history/{path}", f"editing.refused.{error.code}")
    return visit.redirect(f"/content/history/{path}", "editing.said.rolled_back")


def revision_or_404(session: Session, id: int) -> Revision:
    """The revision `id`; the visitor is told kindly when there is none."""
    if id > MOST_ID:
        raise HTTPException(404)
    try:
        return workflow.get(session, id)
    except EditingError:
        raise HTTPException(404) from None


async def _attempt(visit: Visit, id: int, step: Callable[..., object], *arguments: object, say: str) -> Response:
    try:
        await run_in_threadpool(step, *arguments)
    except Refused as error:
        await visit.write(_tell, visit, id, error)
        return visit.redirect(f"/content/revisions/{id}", "editing.refused.refused")
    except EditingError as error:
        return visit.redirect(f"/content/revisions/{id}", f"editing.refused.{error.code}")
    return visit.redirect(f"/content/revisions/{id}", say)
