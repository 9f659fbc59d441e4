"""The page behind a one-time link: choose a password."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.console import links
from bot.console.audit import Act, record
from bot.console.passwords import MIN_LENGTH, hash_password, objection
from bot.console.roles import Right
from bot.console.routing import SIGN_IN, Page
from bot.console.staff import target_of
from bot.console.visit import Visit


async def show(visit: Visit) -> Response:
    """The form; looking at it does not use the link up, for mail programs look too."""
    return await _form(visit)


async def set_password(visit: Visit) -> Response:
    """Set the password and use the link up."""
    token, password = visit.request.path_params["token"], str(visit.form.get("password", ""))
    staff = await visit.read(links.owner, token, visit.now)
    if staff is None:
        return await _form(visit)
    problem = objection(password, staff.name)
    if problem is None and password != visit.form.get("again"):
        problem = "password.not_the_same"
    if problem is not None:
        return await _form(visit, problem)
    hashed = await hash_password(password)
    done = await visit.write(_use, token, hashed, visit)
    return visit.redirect(SIGN_IN, say="password.set") if done else await _form(visit)


def _use(session: Session, token: str, hashed: str, visit: Visit) -> bool:
    staff = links.use(session, token, hashed, visit.now)
    if staff is not None:
        record(session, int(staff.id), Act.PASSWORD_SET, target_of(staff.name))
    return staff is not None


async def _form(visit: Visit, problem: str | None = None) -> Response:
    staff = await visit.read(links.owner, visit.request.path_params["token"], visit.now)
    if staff is None:
        return visit.render("welcome_gone.html", 404)
    return visit.render("welcome.html", 422 if problem else 200, name=staff.name, problem=problem, least=MIN_LENGTH)


PAGES = (
    Page(links.PATH, show, Right.PUBLIC),
    Page(links.PATH, set_password, Right.PUBLIC, ("POST",)),
)
