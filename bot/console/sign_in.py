"""The sign-in page."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.console import sessions
from bot.console.audit import Act, record
from bot.console.passwords import verify
from bot.console.roles import Right
from bot.console.routing import SIGN_IN, Page
from bot.console.tables import Staff
from bot.console.visit import Visit


async def show(visit: Visit) -> Response:
    """The form."""
    return visit.render("sign_in.html", next=safe_path(visit.query("next")))


async def sign_in(visit: Visit) -> Response:
    """Check name and password; open a session."""
    wanted = safe_path(visit.field("next"))
    token = await run_in_threadpool(_try, visit, visit.field("name").casefold(), str(visit.form.get("password", "")))
    if token is None:
        return visit.render("sign_in.html", 422, next=wanted, refused=True)
    response = visit.redirect(wanted)
    visit.console.set_cookie(response, visit.console.session_cookie, token)
    return response


async def sign_out(visit: Visit) -> Response:
    """End this session."""

    def close(session: Session) -> None:
        sessions.close_session(session, visit.token_hash)
        visit.record(session, Act.SIGNED_OUT, f"staff {visit.staff.name}")

    await visit.write(close)
    response = visit.redirect(SIGN_IN, say="sign_in.signed_out")
    visit.console.delete_cookie(response, visit.console.session_cookie)
    return response


def safe_path(wanted: str) -> str:
    """`wanted` when it is a page of the console, else the home page: never another site."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() else "/"


def _try(visit: Visit, name: str, password: str) -> str | None:
    with visit.reading() as session:
        staff = session.execute(select(Staff).where(Staff.name == name, Staff.disabled_at.is_(None))).scalar()
    if not verify(staff.password_hash if staff else None, password) or staff is None:
        return None
    with visit.transaction() as session:
        record(session, staff.id, Act.SIGNED_IN, f"staff {staff.name}")
        browser = visit.request.headers.get("user-agent", "")
        return sessions.open_session(session, staff.id, browser, False, visit.now)


PAGES = (
    Page(SIGN_IN, show, Right.PUBLIC),
    Page(SIGN_IN, sign_in, Right.PUBLIC, ("POST",)),
    Page("/sign-out", sign_out, Right.OWN_ACCOUNT, ("POST",)),
)
