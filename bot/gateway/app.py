"""The ASGI application: webhooks, web chat, staff console, health checks and metrics on one port."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.configured import configured
from bot.console.app import create_console
from bot.console.content_jobs import run_content_jobs
from bot.conversations.inbox import RateLimit
from bot.editing.overlay import live_content
from bot.gateway.bell import Bell
from bot.gateway.intake import Intake
from bot.gateway.metrics import Metrics
from bot.gateway.web_chat import WebChat
from bot.gateway.webhooks import Webhooks
from bot.knowledge.store import KnowledgeStore
from bot.safety.emergency import lexicon_of
from bot.safety.encryption import AddressVault
from bot.safety.redaction_words import load_words
from bot.settings import Settings
from bot.storage.database import Database, DatabaseUnavailable

HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    b"img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
}


class SecurityHeaders:
    """Adds the headers that keep a page to its own scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding headers to the response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                had = {name for name, _ in message["headers"]}  # the console's referrer policy differs
                message["headers"] += [header for header in HEADERS.items() if header[0] not in had]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def create_app(settings: Settings) -> Starlette:
    """The application for `settings`; the database must be migrated."""
    database, vault = Database(settings.database), AddressVault(settings.address_secret())
    store = live_content(database, settings.content_dir)
    intake, bell = Intake(database, vault, rate_limit(settings, store)), Bell(database)
    token = settings.metrics_token
    metrics = Metrics(database, token.get_secret_value() if token else None)
    chat = WebChat(settings, database, vault, store, intake, bell)
    webhooks = Webhooks(configured(settings, store), settings.base_url, intake, metrics)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        try:
            await run_in_threadpool(database.check)
        except DatabaseUnavailable:
            return JSONResponse({"status": "database unavailable"}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def home(_request: Request) -> Response:
        return RedirectResponse("/chat")

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(load_words)  # takes a second, which the first look at a queue would wait for
        tasks = [asyncio.create_task(bell.run()), asyncio.create_task(run_content_jobs(settings, database, store))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    routes = [
        Route("/", home),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        metrics.route(),
        *webhooks.routes(),
        *chat.routes(),
        create_console(settings, database, vault, store, bell),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)


def rate_limit(settings: Settings, store: KnowledgeStore) -> RateLimit:
    """How much of one person is read; a call for help always is."""
    return RateLimit(settings.messages_per_minute, lexicon_of(store.current).calls_for_help)
