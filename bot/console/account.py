"""One's own account: language, password, second step, sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console import attempts, sessions, totp
from bot.console.attempts import TooManyAttempts
from bot.console.audit import Act
from bot.console.passwords import MIN_LENGTH, hash_password, objection, verify
from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.sign_in import begin, note_failure
from bot.console.staff import target_of
from bot.console.tables import Staff, StaffSession
from bot.console.visit import Visit

ACCOUNT = "/account"
SECOND_STEP = f"{ACCOUNT}/second-step"


@dataclass(frozen=True)
class _OpenSession:
    """A signed-in browser, as the page lists it."""

    browser: str
    created_at: dt.datetime
    seen_at: dt.datetime
    is_this: bool


async def show(visit: Visit) -> Response:
    """Everything about one's own account."""
    return await _page(visit)


async def set_language(visit: Visit) -> Response:
    """Change the console's language."""
    language = visit.field("language")
    if language not in visit.console.store.current.languages:
        raise HTTPException(400)

    def store(session: Session) -> None:
        session.execute(update(Staff).where(Staff.id == visit.staff.id).values(language=language))

    await visit.write(store)
    return visit.redirect(ACCOUNT, say="account.language_saved")


async def set_password(visit: Visit) -> Response:
    """Change the password; all other browsers are signed out."""
    new = str(visit.form.get("new", ""))
    problem = objection(new, visit.staff.name)
    if problem is None and new != visit.form.get("again"):
        problem = "password.not_the_same"
    problem = problem or await _check_password(visit)
    if problem is not None:
        return await _page(visit, password_problem=problem)
    hashed = await hash_password(new)

    def store(session: Session) -> None:
        session.execute(update(Staff).where(Staff.id == visit.staff.id).values(password_hash=hashed))
        sessions.close_all(session, visit.staff.id, but=visit.token_hash)
        visit.record(session, Act.PASSWORD_SET, target_of(visit.staff.name))

    await visit.write(store)
    return visit.redirect(ACCOUNT, say="account.password_saved")


async def sign_out_others(visit: Visit) -> Response:
    """End all sessions but this one."""

    def close(session: Session) -> int:
        visit.record(session, Act.SIGNED_OUT_EVERYWHERE, target_of(visit.staff.name))
        return sessions.close_all(session, visit.staff.id, but=visit.token_hash)

    return visit.redirect(ACCOUNT, say="account.signed_out_others", count=await visit.write(close))


async def show_second_step(visit: Visit) -> Response:
    """A new secret as a QR code, to be confirmed with the first code."""
    if visit.staff.has_second_step:
        return visit.redirect(ACCOUNT)
    return _second_step(visit, *totp.offer(visit.console.vault, visit.staff.id))


async def turn_on(visit: Visit) -> Response:
    """Check the first code and the password, then ask for codes from now on; shows the recovery codes once."""
    vault, sealed = visit.console.vault, visit.field("offer")
    secret = totp.open_offer(vault, visit.staff.id, sealed)
    if secret is None or visit.staff.has_second_step:
        return visit.redirect(ACCOUNT)
    step = totp.matching_step(secret, visit.field("code"), visit.now)
    problem = "sign_in.code_refused" if step is None else await _check_password(visit)
    if problem is not None or step is None:
        return _second_step(visit, secret, sealed, problem)

    def store(session: Session) -> list[str]:
        sessions.close_all(session, visit.staff.id, but=visit.token_hash)
        visit.record(session, Act.SECOND_STEP_ON, target_of(visit.staff.name))
        return totp.turn_on(session, vault, visit.staff.id, secret, step)

    return visit.render("recovery_codes.html", codes=await visit.write(store))


async def turn_off(visit: Visit) -> Response:
    """Ask for codes no more."""
    if problem := await _check_password(visit):
        return await _page(visit, second_step_problem=problem)

    def store(session: Session) -> None:
        totp.turn_off(session, visit.staff.id)
        visit.record(session, Act.SECOND_STEP_OFF, target_of(visit.staff.name))

    await visit.write(store)
    return visit.redirect(ACCOUNT, say="account.second_step_is_off")


async def new_recovery_codes(visit: Visit) -> Response:
    """New recovery codes in place of the old ones, shown once."""
    if not visit.staff.has_second_step:
        return visit.redirect(ACCOUNT)
    if problem := await _check_password(visit):
        return await _page(visit, second_step_problem=problem)

    def store(session: Session) -> list[str]:
        visit.record(session, Act.RECOVERY_CODES_MADE, target_of(visit.staff.name))
        return totp.make_recovery_codes(session, visit.console.vault, visit.staff.id)

    return visit.render("recovery_codes.html", codes=await visit.write(store))


async def _check_password(visit: Visit) -> str | None:
    """None when the posted `password` is the visitor's own; else the text that says why not."""
    try:
        attempt = await begin(visit, f"own password {visit.staff.id}", attempts.PASSWORDS)
    except TooManyAttempts:
        return "sign_in.too_many"
    staff = await visit.read(_me, visit.staff.id)
    if not await verify(staff.password_hash, str(visit.form.get("password", ""))):
        await note_failure(visit, attempt, staff)
        return "password.wrong"
    await visit.write(attempts.succeed, attempt)
    return None


async def _page(visit: Visit, **problems: str) -> Response:
    def look(session: Session) -> tuple[list[_OpenSession], int]:
        mine = select(StaffSession).where(StaffSession.staff_id == visit.staff.id, ~StaffSession.awaits_code)
        found = session.execute(mine.order_by(StaffSession.seen_at.desc())).scalars()
        lifetimes = visit.console.lifetimes
        live = [row for row in found if lifetimes.is_live(row.created_at, row.seen_at, visit.now)]
        shown = [
            _OpenSession(row.browser, row.created_at, row.seen_at, row.token_hash == visit.token_hash) for row in live
        ]
        return shown, totp.recovery_codes_left(session, visit.staff.id)

    opened, codes_left = await visit.read(look)
    return visit.render(
        "account.html",
        422 if problems else 200,
        languages=visit.console.store.current.languages.values(),
        opened=opened,
        codes_left=codes_left,
        least=MIN_LENGTH,
        **{"password_problem": None, "second_step_problem": None, **problems},
    )


def _second_step(visit: Visit, secret: str, sealed: str, problem: str | None = None) -> Response:
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    picture = totp.qr_code(secret, visit.staff.name)
    status = 422 if problem else 200
    return visit.render("second_step.html", status, picture=picture, secret=grouped, offer=sealed, problem=problem)


def _me(session: Session, staff_id: int) -> Staff:
    found = session.get(Staff, staff_id)
    assert isinstance(found, Staff)
    return found


PAGES = (
    Page(ACCOUNT, show, Right.OWN_ACCOUNT),
    Page(f"{ACCOUNT}/language", set_language, Right.OWN_ACCOUNT, ("POST",)),
    Page(f"{ACCOUNT}/password", set_password, Right.OWN_ACCOUNT, ("POST",)),
    Page(f"{ACCOUNT}/sessions", sign_out_others, Right.OWN_ACCOUNT, ("POST",)),
    Page(SECOND_STEP, show_second_step, Right.OWN_ACCOUNT),
    Page(SECOND_STEP, turn_on, Right.OWN_ACCOUNT, ("POST",)),
    Page(f"{SECOND_STEP}/off", turn_off, Right.OWN_ACCOUNT, ("POST",)),
    Page(f"{ACCOUNT}/recovery-codes", new_recovery_codes, Right.OWN_ACCOUNT, ("POST",)),
)
