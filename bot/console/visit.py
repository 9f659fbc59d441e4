"""One request to the console: who asks, in which language, and what a handler needs to answer."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from babel.dates import format_datetime
from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.audit import Act, record
from bot.console.csrf import FIELD, csrf_token
from bot.console.roles import Right
from bot.console.sessions import Lifetimes, StaffMember
from bot.console.texts import Texts
from bot.knowledge.store import KnowledgeStore
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.storage.database import Database

BASE = "/console"
SAID_COOKIE = "salama_said"
T = TypeVar("T")


class Bell(Protocol):
    """Rings when any process stored something new."""

    async def wait(self) -> None:
        """Return at the next ring, or when it is time to look anyway."""


@dataclass(frozen=True)
class NavEntry:
    """A page that the navigation leads to, for who has its right."""

    path: str
    label: str
    right: Right


@dataclass(frozen=True)
class Console:
    """What all pages share; made once by `create_console`."""

    settings: Settings
    database: Database
    vault: AddressVault
    store: KnowledgeStore
    bell: Bell
    texts: Texts
    templates: Environment
    lifetimes: Lifetimes
    clock: Callable[[], dt.datetime]
    navigation: tuple[NavEntry, ...] = ()

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by https, so that cookies may insist on it."""
        return self.settings.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The session's cookie; the prefix makes browsers refuse one that a neighbouring site sets."""
        return "__Host-salama_console" if self.is_https else "salama_console"

    def set_cookie(self, response: Response, name: str, value: str, max_age_s: int | None = None) -> None:
        """Set a cookie that no script and no other site gets at; without an age it ends with the browser."""
        response.set_cookie(
            name, value, max_age=max_age_s, path="/", httponly=True, samesite="lax", secure=self.is_https
        )

    def delete_cookie(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=self.is_https)


@dataclass
class Visit:
    """What a handler is given. `signed_in` is None on public pages only.

    `form` holds the posted fields; its token was checked before the handler is called.
    """

    console: Console
    request: Request
    language: str
    csrf_secret: str
    """The cookie's value that form tokens are bound to."""
    signed_in: StaffMember | None = None
    pending: StaffMember | None = None
    """Who has given the password, and must still give the code; they are not signed in."""
    token_hash: str = ""
    form: FormData = field(default_factory=FormData)

    @property
    def staff(self) -> StaffMember:
        """Who is signed in; every page but the public ones has somebody."""
        assert self.signed_in is not None
        return self.signed_in

    @property
    def now(self) -> dt.datetime:
        """The time, aware, in UTC."""
        return self.console.clock()

    @property
    def path(self) -> str:
        """The page's path below /console, as declared: "/staff"."""
        return str(self.request.scope["path"]).removeprefix(BASE) or "/"

    def may(self, right: Right) -> bool:
        """Whether who is signed in has `right`."""
        return self.signed_in is not None and self.signed_in.may(right)

    def field(self, name: str, default: str = "") -> str:
        """A posted field without blanks around; `default` when it is absent or a file."""
        value = self.form.get(name)
        return _clean(value).strip() if isinstance(value, str) else default

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the address, without blanks around."""
        return _clean(self.request.query_params.get(name, default)).strip()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; call it in a thread."""
        with self.console.database.reading() as session:
            yield session

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end; call it in a thread."""
        with self.console.database.transaction() as session:
            yield session

    async def read(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """`work(session, ...)` in a thread, in a session that only reads."""

        def run() -> T:
            with self.reading() as session:
                return work(session, *args, **named)

        return await run_in_threadpool(run)

    async def write(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """`work(session, ...)` in a thread, committed at the end."""

        def run() -> T:
            with self.transaction() as session:
                return work(session, *args, **named)

        return await run_in_threadpool(run)

    def record(self, session: Session, act: Act, target: str, reason: str | None = None) -> None:
        """Write into the audit log, in the transaction of what was done."""
        record(session, self.signed_in.id if self.signed_in else None, act, target, reason)

    def t(self, key: str, **values: object) -> str:
        """The console's text `key` in the visitor's language."""
        return self.console.texts.get(key, self.language, **values)

    def when(self, at: dt.datetime) -> Markup:
        """A time for people: UTC, which the script turns into the reader's own."""
        shown = format_datetime(at, "d MMM y, HH:mm", locale=self.language)
        return Markup('<time datetime="{}">{} UTC</time>').format(at.isoformat(timespec="seconds"), shown)

    def csrf(self) -> Markup:
        """The hidden field that every form needs."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self.csrf_token)

    @property
    def csrf_token(self) -> str:
        """The token itself, for a script's request header `x-csrf`."""
        return csrf_token(self.csrf_secret)

    def render(self, template: str, status: int = 200, **values: object) -> Response:
        """The page of `template`, which knows t, csrf, url, when, may, visit, staff, navigation, language and said."""
        said = self._said()
        page = self.console.templates.get_template(template).render(
            t=self.t,
            csrf=self.csrf,
            csrf_token=self.csrf_token,
            url=url,
            when=self.when,
            may=self.may,
            visit=self,
            staff=self.signed_in,
            navigation=[entry for entry in self.console.navigation if self.may(entry.right)],
            language=self.language,
            said=said,
            Right=Right,
            **values,
        )
        response = HTMLResponse(page, status)
        if said is not None:
            self.console.delete_cookie(response, SAID_COOKIE)
        return response

    def redirect(self, path: str, say: str | None = None, **values: str | int) -> Response:
        """Go to `path` below /console (303), where the text `say` is shown once."""
        response = RedirectResponse(url(path), 303)
        if say is not None:
            assert say in self.console.texts, say
            told = json.dumps([say, values]).encode()
            self.console.set_cookie(response, SAID_COOKIE, base64.urlsafe_b64encode(told).decode(), max_age_s=60)
        return response

    def _said(self) -> str | None:
        """What the page before asked to say; what is no such cookie is nothing."""
        try:
            key, values = json.loads(base64.urlsafe_b64decode(self.request.cookies[SAID_COOKIE]))
            return _clean(self.t(key, **values))
        except (RecursionError, KeyError, ValueError, TypeError, IndexError, AttributeError):
            return None


def url(path: str, **query: object) -> str:
    """The address of a page of the console: url("/staff", page=2)."""
    wanted: Mapping[str, object] = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{BASE}{path}" + (f"?{urlencode(wanted)}" if wanted else "")


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()  # PostgreSQL takes neither NUL nor surrogates
