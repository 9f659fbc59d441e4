"""Sessions of browsers: a random token in a cookie, its hash in the database, two clocks that end it."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.console.roles import RIGHTS, Right, Role
from bot.console.tables import Staff, StaffSession

CODE_TIME = dt.timedelta(minutes=5)
"""How long after the password the second factor is awaited."""
TOUCH_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Lifetimes:
    """When a session ends: after `idle` without a page, and after `absolute` whatever happens."""

    idle: dt.timedelta
    absolute: dt.timedelta

    def is_live(self, created_at: dt.datetime, seen_at: dt.datetime, now: dt.datetime) -> bool:
        """Whether a session of these times still holds."""
        return now < seen_at + self.idle and now < created_at + self.absolute


@dataclass(frozen=True)
class StaffMember:
    """Who is signed in."""

    id: int
    name: str
    role: Role
    language: str
    has_second_step: bool

    def may(self, right: Right) -> bool:
        """Whether their role has `right`."""
        return right in RIGHTS[self.role]


@dataclass(frozen=True)
class SignedIn:
    """A live session: whose, under which hash, when it was last seen, and whether the second factor is still due."""

    staff: StaffMember
    token_hash: str
    seen_at: dt.datetime
    awaits_code: bool


def hash_token(token: str) -> str:
    """What is stored of a token; a random one needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, staff_id: int, browser: str, awaits_code: bool, now: dt.datetime) -> str:
    """Begin a session; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            staff_id=staff_id,
            awaits_code=awaits_code,
            created_at=now,
            seen_at=now,
            browser=browser[:200],
        )
    )
    return token


def find_session(session: Session, token: str, lifetimes: Lifetimes, now: dt.datetime) -> SignedIn | None:
    """The live session of `token`: not expired, its owner not disabled."""
    row = session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == hash_token(token), Staff.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    found, staff = row
    if found.awaits_code and now >= found.created_at + CODE_TIME:
        return None
    if not lifetimes.is_live(found.created_at, found.seen_at, now):
        return None
    return SignedIn(member(staff), found.token_hash, found.seen_at, found.awaits_code)


def member(staff: Staff) -> StaffMember:
    """The row as a value."""
    return StaffMember(staff.id, staff.name, Role(staff.role), staff.language, staff.totp_secret is not None)


def touch(session: Session, token_hash: str, now: dt.datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(seen_at=now))


def close_session(session: Session, token_hash: str) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


def close_all(session: Session, staff_id: int, but: str | None = None) -> int:
    """End all sessions of a person, except the one with the hash `but`; returns how many."""
    ended = delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.token_hash != (but or ""))
    return int(session.execute(ended.execution_options(synchronize_session=False)).rowcount)


def purge(session: Session, lifetimes: Lifetimes, now: dt.datetime) -> None:
    """Delete sessions that have expired."""
    gone = (StaffSession.seen_at <= now - lifetimes.idle) | (StaffSession.created_at <= now - lifetimes.absolute)
    session.execute(delete(StaffSession).where(gone).execution_options(synchronize_session=False))
