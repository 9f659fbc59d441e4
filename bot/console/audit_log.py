"""The audit log as administrators read it: by person, act and date, the newest first."""

from __future__ import annotations

import datetime as dt

from starlette.responses import Response

from bot.console import staff
from bot.console.audit import Act, AuditFilter, entries
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.conversations.asked import as_day, as_id, midnight

PAGE_LENGTH = 50


async def show(visit: Visit) -> Response:
    """One page of the log; `before` is the number of the entry that the former page ended with."""
    person, act = visit.query("person"), visit.query("act")
    since, until, before = _day(visit.query("since")), _day(visit.query("until")), visit.query("before")
    wanted = AuditFilter(
        staff_id=as_id(person),
        act=act if act in {known.value for known in Act} else None,
        since=since,
        until=until + dt.timedelta(days=1) if until else None,
        before=as_id(before),
    )
    found = await visit.read(entries, wanted, PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    everybody = await visit.read(staff.everybody)
    return visit.render(
        "audit_log.html",
        entries=shown,
        everybody=everybody,
        names={person.id: person.name for person in everybody},
        acts=list(Act),
        chosen={"person": person, "act": act, "since": visit.query("since"), "until": visit.query("until")},
        older=shown[-1].id if len(found) > PAGE_LENGTH else None,
        is_first=wanted.before is None,
    )


def _day(text: str) -> dt.datetime | None:
    """The beginning of a day written as in an address; None for what is none."""
    day = as_day(text)
    return midnight(day) if day else None


PAGES = (Page("/audit", show, Right.READ_AUDIT, nav="nav.audit"),)
