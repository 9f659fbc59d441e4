"""Finding a conversation again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.channels.rendering import Channel
from bot.console import staff
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.shown import Shown
from bot.console.visit import Visit
from bot.conversations import queues, records
from bot.conversations.asked import as_day, midnight
from bot.conversations.search import Results, Wanted, find

FIELDS = ("words", "topic", "language", "channel", "state", "tag", "since", "until")
MAX_WORDS = 200


async def show(visit: Visit) -> Response:
    """The form, and what was found by it."""
    asked = {name: visit.query(name)[:MAX_WORDS] for name in FIELDS}
    wanted = Wanted(
        words=asked["words"],
        topic=asked["topic"],
        language=asked["language"],
        channel=asked["channel"],
        state=asked["state"],
        tag=records.as_tag(asked["tag"]),
        since=_day(asked["since"]),
        until=_day(asked["until"], days=1),
    )
    has_asked = any(asked.values())
    try:
        results, said, tags, names = await visit.read(
            _read, wanted, visit.query("before"), has_asked, not visit.may(Right.UNMASK)
        )
    except ValueError:  # the address was changed by hand
        raise HTTPException(400) from None
    knowledge = visit.console.store.current
    topics = sorted(((id, str(knowledge.title(id, visit.language))) for id in knowledge.topics), key=lambda one: one[1])
    return visit.render(
        "search.html",
        asked=asked,
        has_asked=has_asked,
        rows=[(None, found.conversation, found.message or said.get(found.conversation.id)) for found in results.items],
        before=results.before,
        topics=topics,
        languages=list(knowledge.languages.values()),
        channels=[channel.value for channel in Channel],
        tags=tags,
        people=names,
        shown=Shown(visit),
    )


def _read(
    session: Session, wanted: Wanted, before: str, has_asked: bool, masked: bool
) -> tuple[Results, dict[int, Any], list[str], dict[int, str]]:
    results = find(session, wanted, before, masked) if has_asked else Results((), None)
    without = [found.conversation.id for found in results.items if found.message is None]
    names = {one.id: one.name for one in staff.everybody(session)}
    return results, queues.newest_of(session, without), records.known_tags(session), names


def _day(text: str, days: int = 0) -> dt.datetime | None:
    """The beginning of a day, or of a later one; None for what is no date."""
    day = as_day(text)
    return midnight(day + dt.timedelta(days=days)) if day else None


PAGES = (Page("/search", show, Right.VIEW_CONVERSATIONS, nav="nav.search"),)
