"""Exports: anonymised CSV files of conversations and messages, sent while they are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse

from bot.console.audit import Act
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.conversations.asked import as_day, midnight
from bot.safety.spreadsheet import as_csv
from bot.statistics.exporting import Export, What
from bot.storage.database import Database

DEFAULT_DAYS = 30


async def show(visit: Visit) -> Response:
    """The form."""
    return _page(visit)


async def download(visit: Visit) -> Response:
    """The file; what was exported by whom is in the audit log before its first byte is sent."""
    kinds = {kind.value: kind for kind in What}
    what, since, until = kinds.get(visit.field("what")), as_day(visit.field("since")), as_day(visit.field("until"))
    if what is None or since is None or until is None or since > until:
        return _page(visit, "exports.wrong", 400)

    def record(session: Session) -> None:
        visit.record(session, Act.EXPORTED, f"{what.value}, {since} to {until}")

    await visit.write(record)
    export = Export(what, midnight(since), midnight(until + dt.timedelta(days=1)))
    headers = {"content-disposition": f'attachment; filename="salama-{what.value}-{since}-{until}.csv"'}
    lines = _lines(export, visit.console.database)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _lines(export: Export, database: Database) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # by which Excel knows that it is UTF-8
    for rows in export.rows(database):
        yield as_csv(rows).encode()


def _page(visit: Visit, problem: str | None = None, status: int = 200) -> Response:
    today = visit.now.date()
    return visit.render(
        "exports.html",
        status,
        problem=problem,
        kinds=list(What),
        since=visit.field("since") or str(today - dt.timedelta(days=DEFAULT_DAYS - 1)),
        until=visit.field("until") or str(today),
    )


PAGES = (
    Page("/exports", show, Right.EXPORT, nav="nav.exports"),
    Page("/exports", download, Right.EXPORT, methods=("POST",)),
)
