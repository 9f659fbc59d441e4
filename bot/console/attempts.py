"""Who tries to sign in too often must wait. The counts are in the database, so that they hold for all gateways."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.console.tables import SignInAttempt
from bot.safety.encryption import AddressVault
from bot.storage.database import Database

WINDOW = dt.timedelta(minutes=15)
KEPT = dt.timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """Failures within `WINDOW`: of one account from one address, of one account, from one address.

    The first keeps a stranger from locking an account for its owner; the second stops guessing from many addresses.
    """

    together: int
    account: int
    address: int


PASSWORDS = Limits(together=5, account=50, address=20)
CODES = Limits(together=5, account=10, address=20)
"""A code has six digits only."""


@dataclass(frozen=True)
class Attempt:
    """One attempt that may go on. `is_last`: when it fails, the next one must wait."""

    id: int
    account_hash: str
    address_hash: str
    is_last: bool


class TooManyAttempts(Exception):
    """This one was not looked at; come back in some minutes."""


def begin(
    database: Database, vault: AddressVault, account: str, address: str, limits: Limits, now: dt.datetime
) -> Attempt:
    """Count an attempt as failed until it succeeds, before anything is checked: a thousand at once do not slip through.

    Raises:
        TooManyAttempts: of this account or address.
    """
    hashes = vault.lookup_hash("console account", account), vault.lookup_hash("console address", _network(address))
    with database.transaction() as session:
        session.execute(_delete(SignInAttempt.at < now - KEPT))
        row = SignInAttempt(at=now, account_hash=hashes[0], address_hash=hashes[1])
        session.add(row)
        session.flush()
        id = int(row.id)
    by_account, by_address = SignInAttempt.account_hash == hashes[0], SignInAttempt.address_hash == hashes[1]
    with database.transaction() as session:
        left = min(
            limits.together - _count(session, now, by_account, by_address),
            limits.account - _count(session, now, by_account),
            limits.address - _count(session, now, by_address),
        )
        if left < 0:
            session.execute(_delete(SignInAttempt.id == id))  # who waits and tries again does not wait longer
    if left < 0:
        raise TooManyAttempts
    return Attempt(id, *hashes, is_last=left == 0)


def succeed(session: Session, attempt: Attempt, forget: bool = True) -> None:
    """It was right; with `forget`, earlier failures of this account from this address count no more."""
    mine = SignInAttempt.id == attempt.id
    if forget:
        mine |= (SignInAttempt.account_hash == attempt.account_hash) & (
            SignInAttempt.address_hash == attempt.address_hash
        )
    session.execute(_delete(mine))


def _count(session: Session, now: dt.datetime, *which: object) -> int:
    recent = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at > now - WINDOW, *which)
    return int(session.execute(recent).scalar_one())


def _delete(which: object) -> object:
    return delete(SignInAttempt).where(which).execution_options(synchronize_session=False)


def _network(address: str) -> str:
    """The address itself; of IPv6 the /64, which one customer has all of."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(parsed if parsed.version == 4 else ipaddress.ip_network((parsed, 64), strict=False))
