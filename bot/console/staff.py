"""Staff: adding, disabling, roles, and the first administrator."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.console import links, sessions, totp
from bot.console.audit import Act, record
from bot.console.roles import RIGHTS, Right, Role
from bot.console.tables import Staff
from bot.conversations import handoff
from bot.faults import Fault

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
FIRST_ADMIN = "admin"


class StaffError(Fault):
    """It cannot be done; `key` is the text that tells staff in their language, the message is for the command line."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def everybody(session: Session) -> list[Staff]:
    """All staff, the disabled ones last, by name."""
    return list(session.execute(select(Staff).order_by(Staff.disabled_at.is_not(None), Staff.name)).scalars())


def by_name(session: Session, name: str) -> Staff:
    """The member of staff with this sign-in name.

    Raises:
        StaffError: there is none.
    """
    found = session.execute(select(Staff).where(Staff.name == name.strip().casefold())).scalar()
    if found is None:
        raise StaffError("staff.unknown", f'nobody is named "{name}": `salama staff list` shows the names')
    assert isinstance(found, Staff)
    return found


def add(session: Session, by: int | None, name: str, role: Role, language: str, now: dt.datetime) -> Staff:
    """A new member of staff, without a password yet.

    Raises:
        StaffError: the name is taken or no name.
    """
    name = name.strip().casefold()
    if not NAME.fullmatch(name):
        raise StaffError(
            "staff.bad_name", f'"{name}" is no sign-in name: 2 to 40 small letters, digits, dots, dashes and _'
        )
    if session.execute(select(Staff.id).where(Staff.name == name)).first():
        raise StaffError("staff.name_taken", f'"{name}" is taken: choose another name')
    staff = Staff(name=name, role=role.value, language=language, created_at=now)
    session.add(staff)
    session.flush()
    record(session, by, Act.STAFF_ADDED, target_of(staff.name), f"role {role.value}")
    return staff


def disable(session: Session, by: int | None, staff: Staff, now: dt.datetime) -> None:
    """Let nobody in by this account; whoever is, is out at once, and whom they were answering waits for another.

    Raises:
        StaffError: no administrator would be left.
    """
    _keep_an_admin(session, staff)
    staff.disabled_at = staff.disabled_at or now
    links.withdraw(session, int(staff.id))
    sessions.close_all(session, int(staff.id))
    handoff.let_go(session, int(staff.id), now)
    record(session, by, Act.STAFF_DISABLED, target_of(staff.name))


def enable(session: Session, by: int | None, staff: Staff) -> None:
    """Let a disabled account in again, with its old password."""
    staff.disabled_at = None
    record(session, by, Act.STAFF_ENABLED, target_of(staff.name))


def set_role(session: Session, by: int | None, staff: Staff, role: Role, now: dt.datetime) -> None:
    """Give another role, in force with the next page; whom they may answer no longer wait for another person.

    Raises:
        StaffError: no administrator would be left.
    """
    if role is not Role.ADMIN:
        _keep_an_admin(session, staff)
    record(session, by, Act.ROLE_CHANGED, target_of(staff.name), f"{staff.role} -> {role.value}")
    staff.role = role.value
    if Right.ANSWER not in RIGHTS[role]:
        handoff.let_go(session, int(staff.id), now)


def new_link(
    session: Session, by: int | None, staff: Staff, base_url: str, without_second_step: bool, now: dt.datetime
) -> str:
    """A one-time link for a lost password; for a lost telephone the second step is turned off too.

    Raises:
        StaffError: the account is disabled.
    """
    if staff.disabled_at is not None:
        raise StaffError("staff.is_disabled", f'"{staff.name}" is disabled: `salama staff enable {staff.name}` first')
    if without_second_step and staff.totp_secret is not None:
        totp.turn_off(session, int(staff.id))
        record(session, by, Act.SECOND_STEP_OFF, target_of(staff.name))
    record(session, by, Act.LINK_MADE, target_of(staff.name))
    return links.make_link(session, int(staff.id), base_url, now)


def has_admin(session: Session) -> bool:
    """Whether an administrator can sign in."""
    return _admins(session) > 0


def first_admin_link(session: Session, base_url: str, language: str, now: dt.datetime) -> str | None:
    """When no administrator can sign in: a link for the account "admin", which is made if need be."""
    if has_admin(session):
        return None
    staff = session.execute(select(Staff).where(Staff.name == FIRST_ADMIN)).scalar()
    if staff is None:
        staff = add(session, None, FIRST_ADMIN, Role.ADMIN, language, now)
    elif staff.disabled_at is not None or staff.role != Role.ADMIN.value:
        return None  # somebody decided so; `salama staff` is for this
    return new_link(session, None, staff, base_url, False, now)


def target_of(name: str) -> str:
    """How the audit log names a member of staff."""
    return f"staff {name}"


def _keep_an_admin(session: Session, staff: Staff) -> None:
    if staff.role == Role.ADMIN.value and staff.disabled_at is None and _admins(session, but=int(staff.id)) == 0:
        raise StaffError("staff.last_admin", f'"{staff.name}" is the last administrator: make another one first')


def _admins(session: Session, but: int = 0) -> int:
    able = select(func.count()).where(
        Staff.role == Role.ADMIN.value, Staff.disabled_at.is_(None), Staff.password_hash.is_not(None), Staff.id != but
    )
    return int(session.execute(able).scalar_one())
