"""Live updates: a stream that says when a page should look again. Pages work without it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

from sqlalchemy.orm import Session
from sse_starlette import EventSourceResponse
from starlette.responses import Response

from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.conversations import queues, thread
from bot.conversations.asked import as_id

LONGEST_S = 120.0
"""The browser comes again by itself, and is then asked again who it is."""
PAUSE_S = 0.4
"""Between two looks, however often the bell rings."""
PING_S = 15


async def live(visit: Visit) -> Response:
    """Tell of emergencies and queues, and of one conversation when the address names it."""
    conversation = as_id(visit.query("conversation"))

    async def events() -> AsyncIterator[dict[str, str | int]]:
        until, last = time.monotonic() + LONGEST_S, None
        while time.monotonic() < until:
            state = await visit.read(_state, conversation)
            if state != last:
                last = state
                yield {"event": "state", "data": json.dumps(state), "retry": 2000}
            await visit.console.bell.wait()
            await asyncio.sleep(PAUSE_S)

    return EventSourceResponse(events(), ping=PING_S)


def stamp(session: Session, counts: queues.Counts, conversation: int | None = None) -> str:
    """Changes whenever a page of the queues, or of `conversation`, looks different.

    A page reads it before what it shows, and carries it: what happens until its stream is open is then not missed.
    """
    parts: list[object] = [counts.unseen, *counts.waiting.values(), counts.newest]
    if conversation is not None:
        parts.append(thread.stamp(session, conversation))
    return " ".join(map(str, parts))


def _state(session: Session, conversation: int | None) -> dict[str, object]:
    counts = queues.counts(session)
    return {"unseen": counts.unseen, "stamp": stamp(session, counts, conversation)}


PAGES = (Page("/live", live, Right.VIEW_CONVERSATIONS, keeps_awake=False),)
