"""The queues: who waits for a person, the emergencies first."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console import live, staff
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.shown import Shown
from bot.console.visit import Visit
from bot.conversations import queues
from bot.conversations.desk_tables import Queue
from bot.conversations.search import Wanted, find

MINE, ALL = "mine", "all"
NAMES = (*(queue.value for queue in Queue), MINE, ALL)


async def first(visit: Visit) -> Response:
    """The emergencies."""
    return await _show(visit, Queue.EMERGENCY.value)


async def show(visit: Visit) -> Response:
    """The queue that the address names."""
    name = str(visit.request.path_params["queue"])
    if name not in NAMES:
        raise HTTPException(404)
    return await _show(visit, name)


async def _show(visit: Visit, name: str) -> Response:
    try:
        stamp, counts, rows, after, names = await visit.read(_read, name, visit.staff.id, visit.query("after"))
    except ValueError:  # the address was changed by hand
        raise HTTPException(400) from None
    return visit.render(
        "queues.html",
        stamp=stamp,
        name=name,
        names=NAMES,
        counts=counts,
        rows=rows,
        after=after,
        people=names,
        shown=Shown(visit),
    )


def _read(
    session: Session, name: str, staff_id: int, after: str
) -> tuple[str, queues.Counts, list[Any], str | None, dict[int, str]]:
    counts, people = queues.counts(session), {one.id: one.name for one in staff.everybody(session)}
    stamp = live.stamp(session, counts)
    if name in (MINE, ALL):
        wanted = Wanted(assigned_id=staff_id, state="open") if name == MINE else Wanted()
        results = find(session, wanted, after)
        said = queues.newest_of(session, [found.conversation.id for found in results.items])
        rows = [(None, found.conversation, said.get(found.conversation.id)) for found in results.items]
        return stamp, counts, rows, results.before, people
    waiting, following = queues.waiting(session, Queue(name), after)
    return stamp, counts, [(one.entry, one.conversation, one.message) for one in waiting], following, people


PAGES = (
    Page("/queues", first, Right.VIEW_CONVERSATIONS, nav="nav.queues"),
    Page("/queues/{queue}", show, Right.VIEW_CONVERSATIONS),
)
