"""The first page after signing in."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit


async def home(visit: Visit) -> Response:
    """What the visitor's role may do, as links."""
    return visit.render("home.html")


PAGES = (Page("/", home, Right.OWN_ACCOUNT, nav="nav.home"),)
