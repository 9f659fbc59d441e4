"""The ASGI application: web chat and health checks on one port."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.gateway.web_chat import WebChat
from bot.knowledge.store import KnowledgeStore
from bot.safety.encryption import AddressVault
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
                message["headers"] = [*message["headers"], *HEADERS.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def create_app(settings: Settings) -> Starlette:
    """The application for `settings`; the database must be migrated."""
    database = Database(settings.database)
    chat = WebChat(settings, database, AddressVault(settings.address_secret()), KnowledgeStore(settings.content_dir))

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

    routes = [Route("/", home), Route("/healthz", healthz), Route("/readyz", readyz), *chat.routes()]
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
