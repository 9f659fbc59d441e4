"""Pages: every route names the right it needs, and is reached through one guard that checks it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message

from bot.console import sessions
from bot.console.csrf import FIELD, HEADER, is_same_origin, is_token
from bot.console.roles import Right
from bot.console.visit import Console, Visit, url
from bot.conversations.asked import ID_PATTERN

logger = logging.getLogger(__name__)
Handler = Callable[[Visit], Awaitable[Response]]
MAX_BODY = 200_000
MAX_FIELDS = 500
VISITOR_COOKIE = "salama_visitor"
"""Before sign-in, form tokens are bound to this cookie."""
SIGN_IN = "/sign-in"


class IdConvertor(IntegerConvertor):
    """A row's number in a path."""

    regex = ID_PATTERN


ID = "row"
register_url_convertor(ID, IdConvertor())


@dataclass(frozen=True)
class Page:
    """A route of the console.

    Args:
        path: below /console, for instance "/staff/{id:int}"; a number that no row can have is not found.
        handler: gives the answer; it is called only for who has `right`, and on POST with a good form token only.
        right: what the visitor needs.
        methods: GET or POST; two pages may share a path.
        nav: the key of the text by which the navigation names it; None: it is not in there.
        max_body: bytes that may be posted.
        keeps_awake: whether a request counts as activity; False for what a script asks by itself.
    """

    path: str
    handler: Handler
    right: Right
    methods: tuple[str, ...] = ("GET",)
    nav: str | None = None
    max_body: int = MAX_BODY
    keeps_awake: bool = True


class GuardedRoute(Route):
    """A route that only `route` makes: tests look for any other."""

    page: Page


def route(page: Page, console: Console) -> GuardedRoute:
    """The route of `page`, guarded."""

    async def guarded(request: Request) -> Response:
        request = Request(request.scope, _limited(request, page.max_body))
        visit = nobody(request, console)
        try:
            visit = await make_visit(request, console, page.keeps_awake)
            response = await _answer(page, visit)
        except OperationalError:
            logger.error("the database does not answer: %s", page.path)
            response = await error_page(visit, 503)
        except HTTPException as error:
            response = await error_page(visit, error.status_code)
        except Exception:
            logger.exception("fault in page %s", page.path)
            response = await error_page(visit, 500)
        if page.right is Right.PUBLIC and VISITOR_COOKIE not in request.cookies:
            console.set_cookie(response, VISITOR_COOKIE, visit.csrf_secret)
        return response

    made = GuardedRoute(page.path.replace(":int}", f":{ID}}}"), guarded, methods=list(page.methods), name=page.path)
    made.page = page
    return made


async def _answer(page: Page, visit: Visit) -> Response:
    if page.right is not Right.PUBLIC:
        if visit.signed_in is None:
            return await _ask_to_sign_in(visit)
        if not visit.may(page.right):
            raise HTTPException(403)
    if visit.request.method == "POST":
        if not is_same_origin(visit.request.headers, visit.console.settings.base_url):
            return await error_page(visit, 403, "old_page")
        visit.form = await visit.request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=page.max_body)
        given = visit.request.headers.get(HEADER) or visit.form.get(FIELD)
        if not isinstance(given, str) or not is_token(given, visit.csrf_secret):
            return await error_page(visit, 403, "old_page")
    return await page.handler(visit)


async def make_visit(request: Request, console: Console, keeps_awake: bool = True) -> Visit:
    """Who asks, by the cookie; nobody when there is none, it has expired, or the second step is still due.

    Raises:
        OperationalError: the database does not answer.
    """
    token = request.cookies.get(console.session_cookie, "")
    found = await run_in_threadpool(_signed_in, console, token, keeps_awake) if token else None
    if found is None:
        return nobody(request, console)
    if found.awaits_code:
        return replace(nobody(request, console), pending=found.staff, token_hash=found.token_hash)
    language = found.staff.language
    if language not in console.store.current.languages:
        language = console.settings.default_language
    return Visit(console, request, language, token, signed_in=found.staff, token_hash=found.token_hash)


def nobody(request: Request, console: Console) -> Visit:
    """A visit of somebody who is not signed in."""
    secret = request.cookies.get(VISITOR_COOKIE) or secrets.token_urlsafe(32)
    return Visit(console, request, _preferred_language(request, console), secret)


def _signed_in(console: Console, token: str, keeps_awake: bool) -> sessions.SignedIn | None:
    now = console.clock()
    with console.database.reading() as session:
        found = sessions.find_session(session, token, console.lifetimes, now)
    if found and keeps_awake and now - found.seen_at >= sessions.TOUCH_EVERY:
        with console.database.transaction() as session:
            sessions.touch(session, found.token_hash, now)
    return found


async def _ask_to_sign_in(visit: Visit) -> Response:
    request = visit.request
    if request.method == "GET" and request.headers.get("sec-fetch-dest", "document") == "document":
        wanted = visit.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(url(SIGN_IN, next=None if wanted == "/" else wanted), 303)
    return await error_page(visit, 401)


async def error_page(visit: Visit, status: int, kind: str = "") -> Response:
    """A kind page that says what happened and what to do."""
    known = kind or str(status)
    if f"error.{known}.title" not in visit.console.texts:
        known = "500" if status >= 500 else "400"
    return visit.render("error.html", status, kind=f"error.{known}")


def _preferred_language(request: Request, console: Console) -> str:
    known = console.store.current.languages
    wanted = [request.query_params.get("lang", ""), *request.headers.get("accept-language", "").split(",")]
    codes = (item.split(";")[0].strip().lower()[:2] for item in wanted)
    return next((code for code in codes if code in known), console.settings.default_language)


def _limited(request: Request, most: int) -> Callable[[], Awaitable[Message]]:
    """The request's body, until it is longer than it may be."""
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413)
        return message

    return receive
