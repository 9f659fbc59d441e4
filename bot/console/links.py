"""One-time links by which staff set their password; the token is stored hashed."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.console import sessions
from bot.console.tables import OneTimeLink, Staff
from bot.console.visit import url

LIFETIME = dt.timedelta(hours=24)
PATH = "/welcome/{token}"


def make_link(session: Session, staff_id: int, base_url: str, now: dt.datetime) -> str:
    """A new link; earlier ones that nobody used stay good until they expire."""
    session.execute(_delete(OneTimeLink.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(OneTimeLink(token_hash=sessions.hash_token(token), staff_id=staff_id, expires_at=now + LIFETIME))
    return base_url + url(PATH.format(token=token))


def owner(session: Session, token: str, now: dt.datetime) -> Staff | None:
    """Whose link it is; None when it was used, has expired, never was, or its owner is disabled."""
    live = (
        select(Staff)
        .join(OneTimeLink, OneTimeLink.staff_id == Staff.id)
        .where(
            OneTimeLink.token_hash == sessions.hash_token(token),
            OneTimeLink.expires_at > now,
            Staff.disabled_at.is_(None),
        )
    )
    found: Staff | None = session.execute(live).scalar()
    return found


def use(session: Session, token: str, password_hash: str, now: dt.datetime) -> Staff | None:
    """Set the password of the link's owner; all their links and sessions end. None when the link is no good.

    Of two that come at once only one finds the link to delete.
    """
    staff = owner(session, token, now)
    if staff is None:
        return None
    this = _delete(OneTimeLink.token_hash == sessions.hash_token(token))
    if session.execute(this).rowcount != 1:
        return None
    staff.password_hash = password_hash
    withdraw(session, int(staff.id))
    sessions.close_all(session, int(staff.id))
    return staff


def withdraw(session: Session, staff_id: int) -> None:
    """Make all links of a person useless."""
    session.execute(_delete(OneTimeLink.staff_id == staff_id))


def _delete(which: object) -> object:
    return delete(OneTimeLink).where(which).execution_options(synchronize_session=False)
