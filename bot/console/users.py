"""Staff as administrators see them: list, add, change, disable, a new one-time link."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console import sessions, staff
from bot.console.audit import Act
from bot.console.roles import Right, Role
from bot.console.routing import Page
from bot.console.staff import StaffError
from bot.console.tables import Staff
from bot.console.visit import Visit

STAFF = "/staff"
PERSON = f"{STAFF}/{{id:int}}"


async def show(visit: Visit) -> Response:
    """The list, and the form to add somebody."""
    return await _list(visit)


async def add(visit: Visit) -> Response:
    """Add somebody; shows their one-time link, this once."""
    name, role, language = visit.field("name"), _role(visit), visit.field("language")
    if language not in visit.console.store.current.languages:
        raise HTTPException(400)

    def store(session: Session) -> tuple[str, str]:
        added = staff.add(session, visit.staff.id, name, role, language, visit.now)
        base_url = visit.console.settings.base_url
        return added.name, staff.new_link(session, visit.staff.id, added, base_url, False, visit.now)

    try:
        added, link = await visit.write(store)
    except StaffError as error:
        return await _list(visit, error.key, name)
    return visit.render("staff_link.html", name=added, link=link)


async def show_person(visit: Visit) -> Response:
    """One member of staff and what can be done."""
    return await _person(visit)


async def set_role(visit: Visit) -> Response:
    """Give another role."""
    role = _role(visit)

    def store(session: Session) -> None:
        staff.set_role(session, visit.staff.id, _found(session, visit), role, visit.now)

    return await _change(visit, store, "staff.role_saved")


async def disable(visit: Visit) -> Response:
    """Let somebody in no more."""

    def store(session: Session) -> None:
        staff.disable(session, visit.staff.id, _found(session, visit), visit.now)

    return await _change(visit, store, "staff.disabled_now")


async def enable(visit: Visit) -> Response:
    """Let a disabled one in again."""

    def store(session: Session) -> None:
        staff.enable(session, visit.staff.id, _found(session, visit))

    return await _change(visit, store, "staff.enabled_now")


async def sign_out(visit: Visit) -> Response:
    """End all their sessions, for instance when a telephone was stolen."""

    def store(session: Session) -> None:
        person = _found(session, visit)
        sessions.close_all(session, int(person.id))
        visit.record(session, Act.SIGNED_OUT_EVERYWHERE, staff.target_of(person.name))

    return await _change(visit, store, "staff.signed_out_now")


async def new_link(visit: Visit) -> Response:
    """A new one-time link, shown this once; with `without_second_step` the second step is off then."""
    without = visit.field("without_second_step") == "1"

    def store(session: Session) -> tuple[str, str]:
        person = _found(session, visit)
        base_url = visit.console.settings.base_url
        return person.name, staff.new_link(session, visit.staff.id, person, base_url, without, visit.now)

    try:
        name, link = await visit.write(store)
    except StaffError as error:
        return await _person(visit, error.key)
    return visit.render("staff_link.html", name=name, link=link)


async def _change(visit: Visit, store: Callable[[Session], None], say: str) -> Response:
    path = f"{STAFF}/{visit.request.path_params['id']}"
    try:
        await visit.write(store)
    except StaffError as error:
        return await _person(visit, error.key)
    return visit.redirect(path, say=say)


def _found(session: Session, visit: Visit) -> Staff:
    person = session.get(Staff, visit.request.path_params["id"])
    if person is None:
        raise HTTPException(404)
    assert isinstance(person, Staff)
    return person


def _role(visit: Visit) -> Role:
    try:
        return Role(visit.field("role"))
    except ValueError:
        raise HTTPException(400) from None


async def _list(visit: Visit, problem: str | None = None, name: str = "") -> Response:
    return visit.render(
        "staff.html",
        422 if problem else 200,
        everybody=await visit.read(staff.everybody),
        roles=list(Role),
        languages=visit.console.store.current.languages.values(),
        problem=problem,
        name=name,
    )


async def _person(visit: Visit, problem: str | None = None) -> Response:
    person = await visit.read(_found, visit)
    return visit.render("staff_person.html", 422 if problem else 200, person=person, roles=list(Role), problem=problem)


PAGES = (
    Page(STAFF, show, Right.MANAGE_STAFF, nav="nav.staff"),
    Page(STAFF, add, Right.MANAGE_STAFF, ("POST",)),
    Page(PERSON, show_person, Right.MANAGE_STAFF),
    Page(f"{PERSON}/role", set_role, Right.MANAGE_STAFF, ("POST",)),
    Page(f"{PERSON}/disable", disable, Right.MANAGE_STAFF, ("POST",)),
    Page(f"{PERSON}/enable", enable, Right.MANAGE_STAFF, ("POST",)),
    Page(f"{PERSON}/sign-out", sign_out, Right.MANAGE_STAFF, ("POST",)),
    Page(f"{PERSON}/link", new_link, Right.MANAGE_STAFF, ("POST",)),
)
