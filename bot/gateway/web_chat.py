"""The web chat: one page, and two requests: put a message in, fetch what is new."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.protocol import ChoiceRef, InboundMessage
from bot.conversations.tables import Direction, Message
from bot.conversations.transcript import fetch_web
from bot.gateway.bell import Bell
from bot.gateway.intake import Intake, NotStored
from bot.knowledge.store import KnowledgeStore
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.storage.database import Database

CHANNEL = "web"
COOKIE = "salama_chat"
COOKIE_AGE_S = 180 * 24 * 3600
MAX_BODY = 8_000
MAX_TEXT = 2_000
LONG_POLL_S = 20.0
HERE = Path(__file__).parent


class BadMessage(Exception):
    """The browser sent something that is no message; the text says what."""


class WebChat:
    """The routes of the web chat. A person is known by a random cookie, and by nothing else."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        vault: AddressVault,
        store: KnowledgeStore,
        intake: Intake,
        bell: Bell,
    ) -> None:
        self._settings, self._database, self._vault, self._store = settings, database, vault, store
        self._intake, self._bell = intake, bell
        self._pages = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)

    def routes(self) -> list[Route | Mount]:
        """What to put on the gateway."""
        return [
            Route("/chat", self.page),
            Route("/chat/messages", self.put, methods=["POST"]),
            Route("/chat/messages", self.fetch),
            Mount("/chat/static", StaticFiles(directory=HERE / "static")),
        ]

    async def page(self, request: Request) -> Response:
        """The page, in the browser's language when it is one of ours, with a cookie at the first visit."""
        knowledge = self._store.current
        language = _preferred(request, list(knowledge.languages), self._settings.default_language)
        labels = {id: texts[language] for id, texts in knowledge.labels.items()}
        response = HTMLResponse(
            self._pages.get_template("chat.html").render(
                language=language, labels=labels, languages=knowledge.languages.values()
            )
        )
        if COOKIE not in request.cookies:
            response.set_cookie(
                COOKIE,
                secrets.token_urlsafe(32),
                max_age=COOKIE_AGE_S,
                httponly=True,
                samesite="strict",
                secure=self._settings.public_url.startswith("https"),
            )
        return response

    async def put(self, request: Request) -> Response:
        """Store one message; sent again with the same id it is stored once."""
        address = request.cookies.get(COOKIE)
        if not address:
            return _error("open /chat first", 403)
        try:
            message = _message(await _body(request), address)
        except BadMessage as error:
            return _error(str(error), 400)
        try:
            await self._intake.put([message])
        except NotStored:
            return _error("not stored, try again", 503)
        return JSONResponse({"stored": True}, status_code=202)

    async def fetch(self, request: Request) -> Response:
        """What is new after `after`; waits some seconds for it."""
        address = request.cookies.get(COOKIE)
        after = request.query_params.get("after", "0")
        if not address or not after.isdecimal() or len(after) > 18:
            return _error("no chat, or `after` is no number", 400)
        deadline = time.monotonic() + (LONG_POLL_S if "wait" in request.query_params else 0)
        while True:
            try:
                found = await run_in_threadpool(self._new_messages, address, int(after))
            except SQLAlchemyError:
                return _error("try again", 503)
            if found or time.monotonic() >= deadline or await request.is_disconnected():
                return JSONResponse({"messages": found}, headers={"cache-control": "no-store"})
            await self._bell.wait()

    def _new_messages(self, address: str, after: int) -> list[dict[str, Any]]:
        with self._database.reading() as session:
            if session.execute(select(Message.id).where(Message.id > after).limit(1)).first() is None:
                return []
        with self._database.transaction() as session:
            return [_shown(message) for message in fetch_web(session, self._vault, address, after)]


def _shown(message: Message) -> dict[str, Any]:
    mine = message.direction == Direction.IN.value
    # the browser knows its own messages by the id it gave them, without the cookie's part
    client_id = message.provider_id.split(":", 1)[1] if mine else None
    titles = [title for title, _ in message.choices]
    return {"id": message.id, "mine": mine, "client_id": client_id, "text": message.text, "choices": titles}


async def _body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise BadMessage("the content type must be application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadMessage(f"longer than {MAX_BODY} bytes")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadMessage("not JSON") from None
    if not isinstance(data, dict):
        raise BadMessage("not a JSON object")
    return data


def _message(data: dict[str, Any], address: str) -> InboundMessage:
    client_id, text, choice = data.get("id"), data.get("text", ""), data.get("choice")
    if not isinstance(client_id, str) or not 8 <= len(client_id) <= 64:
        raise BadMessage("`id` must be 8 to 64 characters")
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
        raise BadMessage(f"`text` must be 1 to {MAX_TEXT} characters")
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()  # PostgreSQL takes neither NUL nor surrogates
    ref = None
    if choice is not None:
        if not (
            isinstance(choice, list) and len(choice) == 2 and all(type(n) is int and 0 <= n < 2**53 for n in choice)
        ):
            raise BadMessage("`choice` must be [message id, index]")
        ref = ChoiceRef(*choice)
    # one browser's ids must not collide with, or hide, another's
    provider_id = f"{address[:16]}:{client_id}"
    return InboundMessage(CHANNEL, address, provider_id, text.strip() or "?", ref)


def _preferred(request: Request, languages: list[str], default: str) -> str:
    wanted = [request.query_params.get("lang", ""), *request.headers.get("accept-language", "").split(",")]
    codes = [item.split(";")[0].strip().lower()[:2] for item in wanted]
    return next((code for code in codes if code in languages), default)


def _error(message: str, status: int) -> Response:
    return JSONResponse({"error": message}, status_code=status)
