"""The console as one application, which the gateway mounts at /console."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import (
    account,
    audit_log,
    conversation,
    dashboard,
    erasing,
    exports,
    find,
    home,
    live,
    queues,
    registry,
    reports,
    revisions,
    sign_in,
    step_in,
    teach,
    topic_edit,
    topics,
    translations,
    unanswered,
    users,
    welcome,
)
from bot.console.routing import Page, error_page, make_visit, nobody, route
from bot.console.sessions import Lifetimes
from bot.console.texts import Texts
from bot.console.visit import BASE, Bell, Console, NavEntry, url
from bot.conversations.worker import now
from bot.knowledge.store import KnowledgeStore
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.storage.database import Database

HERE = Path(__file__).parent
PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *queues.PAGES,
    *find.PAGES,
    *conversation.PAGES,
    *step_in.PAGES,
    *reports.PAGES,
    *live.PAGES,
    *sign_in.PAGES,
    *topics.PAGES,
    *topic_edit.PAGES,
    *revisions.PAGES,
    *translations.PAGES,
    *registry.PAGES,
    *welcome.PAGES,
    *account.PAGES,
    *dashboard.PAGES,
    *exports.PAGES,
    *erasing.PAGES,
    *users.PAGES,
    *unanswered.PAGES,
    *teach.PAGES,
    *audit_log.PAGES,
)
"""All pages; the navigation keeps their order."""
HEADERS = {b"cache-control": b"no-store", b"referrer-policy": b"same-origin"}
"""Forms need an Origin header, which a stricter referrer policy would turn into "null"."""


def create_console(
    settings: Settings,
    database: Database,
    vault: AddressVault,
    store: KnowledgeStore,
    bell: Bell,
    pages: Sequence[Page] = PAGES,
    clock: Callable[[], dt.datetime] = now,
) -> Mount:
    """The console, to be mounted on the gateway."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["static"] = _static
    console = Console(
        settings,
        database,
        vault,
        store,
        bell,
        Texts(settings.content_dir, store.current.languages),
        templates,
        Lifetimes(dt.timedelta(minutes=settings.console_idle_minutes), dt.timedelta(hours=settings.console_hours)),
        clock,
    )
    entries = (NavEntry(page.path, page.nav, page.right) for page in pages if page.nav)
    console = replace(console, navigation=tuple(entries))

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        try:
            visit = await make_visit(request, console)
        except OperationalError:
            visit = nobody(request, console)
        return await error_page(visit, status)

    app = Starlette(
        routes=[*(route(page, console) for page in pages), Mount("/static", StaticFiles(directory=HERE / "static"))],
        exception_handlers={HTTPException: refuse},
        middleware=[Middleware(_Headers)],
    )
    return Mount(BASE, app)


@lru_cache
def _static(name: str) -> str:
    """The address of a file of ours, which changes with its content: browsers may keep it for good."""
    return url(f"/static/{name}", v=hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12])


class _Headers:
    """Adds what the console's pages need beyond the gateway's headers: nothing of them is kept by a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                had = {name for name, _ in message["headers"]}
                is_kept = scope["path"].startswith(f"{BASE}/static/") and scope["query_string"].startswith(b"v=")
                more = {b"cache-control": b"max-age=31536000, immutable"} if is_kept else HEADERS
                added = [(name, value) for name, value in more.items() if name not in had]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)
