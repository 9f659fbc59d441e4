"""Signing in: name and password, then the second step when there is one."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.console import attempts, sessions, totp
from bot.console.attempts import Attempt, Limits, TooManyAttempts
from bot.console.audit import Act, record
from bot.console.browsers import browser_name
from bot.console.passwords import verify
from bot.console.roles import Right
from bot.console.routing import SIGN_IN, Page
from bot.console.staff import target_of
from bot.console.tables import Staff
from bot.console.visit import Visit

CODE = f"{SIGN_IN}/code"


async def show(visit: Visit) -> Response:
    """The form; who is signed in goes on."""
    wanted = safe_path(visit.query("next"))
    return visit.redirect(wanted) if visit.signed_in else _form(visit, wanted)


async def sign_in(visit: Visit) -> Response:
    """Check name and password; open a session, or ask for the code."""
    wanted, name = safe_path(visit.field("next")), visit.field("name").casefold()
    try:
        attempt = await begin(visit, f"password {name}", attempts.PASSWORDS)
    except TooManyAttempts:
        return _form(visit, wanted, 429, "sign_in.too_many")
    staff = await visit.read(_active, name)
    if not await verify(staff.password_hash if staff else None, str(visit.form.get("password", ""))) or staff is None:
        await note_failure(visit, attempt, staff)
        return _form(visit, wanted, 422, "sign_in.refused")
    asks_code = staff.totp_secret is not None
    token = await visit.write(_open, visit, staff, attempt, asks_code)
    if token is None:
        return _form(visit, wanted, 422, "sign_in.refused")
    response = visit.redirect(f"{CODE}?{urlencode({'next': wanted})}" if asks_code else wanted)
    visit.console.set_cookie(response, visit.console.session_cookie, token)
    return response


async def show_code(visit: Visit) -> Response:
    """The form of the second step; without a password before it, back to the first."""
    if visit.pending is None:
        return visit.redirect(SIGN_IN)
    return visit.render("sign_in_code.html", next=safe_path(visit.query("next")), problem=None)


async def check_code(visit: Visit) -> Response:
    """Check a code of the telephone, or a recovery code; open the session in place of the half-open one."""
    if visit.pending is None:
        return visit.redirect(SIGN_IN, say="sign_in.code_too_late")
    wanted = safe_path(visit.field("next"))
    try:
        attempt = await begin(visit, f"code {visit.pending.id}", attempts.CODES)
    except TooManyAttempts:
        return visit.render("sign_in_code.html", 429, next=wanted, problem="sign_in.too_many")
    token = await visit.write(_take, visit, visit.pending.id, attempt, visit.field("code"))
    if token is None:
        await note_failure(visit, attempt, await visit.read(_active, visit.pending.name))
        return visit.render("sign_in_code.html", 422, next=wanted, problem="sign_in.code_refused")
    response = visit.redirect(wanted)
    visit.console.set_cookie(response, visit.console.session_cookie, token)
    return response


async def sign_out(visit: Visit) -> Response:
    """End this session."""

    def close(session: Session) -> None:
        sessions.close_session(session, visit.token_hash)
        visit.record(session, Act.SIGNED_OUT, target_of(visit.staff.name))

    await visit.write(close)
    response = visit.redirect(SIGN_IN, say="sign_in.signed_out")
    visit.console.delete_cookie(response, visit.console.session_cookie)
    return response


async def begin(visit: Visit, account: str, limits: Limits) -> Attempt:
    """Count an attempt from the visitor's address.

    Raises:
        TooManyAttempts: they must wait.
    """
    address = visit.request.client.host if visit.request.client else ""
    console = visit.console
    return await run_in_threadpool(attempts.begin, console.database, console.vault, account, address, limits, visit.now)


async def note_failure(visit: Visit, attempt: Attempt, staff: Staff | None) -> None:
    """Tell the audit log when somebody will have to wait now; not each failure: strangers would fill it."""
    if attempt.is_last and staff is not None:
        await visit.write(record, None, Act.SIGN_IN_BLOCKED, target_of(staff.name))


def safe_path(wanted: str) -> str:
    """`wanted` when it is a page of the console, else the home page: never another site."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() else "/"


def _form(visit: Visit, wanted: str, status: int = 200, problem: str | None = None) -> Response:
    languages = visit.console.store.current.languages.values()
    return visit.render("sign_in.html", status, next=wanted, problem=problem, languages=languages)


def _active(session: Session, name: str) -> Staff | None:
    found: Staff | None = session.execute(select(Staff).where(Staff.name == name, Staff.disabled_at.is_(None))).scalar()
    return found


def _open(session: Session, visit: Visit, staff: Staff, attempt: Attempt, awaits_code: bool) -> str | None:
    now_stored = select(Staff).where(Staff.id == staff.id).with_for_update()
    fresh = session.execute(now_stored).scalar_one()
    if fresh.disabled_at is not None or fresh.password_hash != staff.password_hash:
        return None  # disabled, or the password changed, while we looked at it
    sessions.purge(session, visit.console.lifetimes, visit.now)
    if visit.token_hash:  # a session that this browser had before
        sessions.close_session(session, visit.token_hash)
    attempts.succeed(session, attempt)
    if not awaits_code:
        _note_success(session, visit, fresh)
    return sessions.open_session(session, int(fresh.id), _browser(visit), awaits_code, visit.now)


def _take(session: Session, visit: Visit, staff_id: int, attempt: Attempt, code: str) -> str | None:
    staff = session.get(Staff, staff_id)
    if staff is None or staff.totp_secret is None:
        return None
    if not totp.take_code(session, visit.console.vault, staff, code, visit.now):
        if not totp.take_recovery_code(session, visit.console.vault, staff_id, code):
            return None
        record(session, staff_id, Act.RECOVERY_CODE_USED, target_of(staff.name))
    attempts.succeed(session, attempt)
    sessions.close_session(session, visit.token_hash)
    _note_success(session, visit, staff)
    return sessions.open_session(session, staff_id, _browser(visit), False, visit.now)


def _note_success(session: Session, visit: Visit, staff: Staff) -> None:
    staff.signed_in_at = visit.now
    record(session, int(staff.id), Act.SIGNED_IN, target_of(staff.name))


def _browser(visit: Visit) -> str:
    return browser_name(visit.request.headers.get("user-agent", ""))


PAGES = (
    Page(SIGN_IN, show, Right.PUBLIC),
    Page(SIGN_IN, sign_in, Right.PUBLIC, ("POST",)),
    Page(CODE, show_code, Right.PUBLIC),
    Page(CODE, check_code, Right.PUBLIC, ("POST",)),
    Page("/sign-out", sign_out, Right.OWN_ACCOUNT, ("POST",)),
)
