"""The second step: six digits from a telephone (RFC 6238), or a recovery code; each works once."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.console.tables import RecoveryCode, Staff
from bot.safety.encryption import AddressVault, SecretError

STEP_S = 30
DRIFT = 1
"""Steps that a telephone's clock may be off."""
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look like another."""


def offer(vault: AddressVault, staff_id: int) -> tuple[str, str]:
    """A new secret, and the same sealed for this person: the form carries it until it is confirmed."""
    secret = pyotp.random_base32()
    return secret, vault.encrypt(f"totp:{staff_id}:{secret}").decode()


def open_offer(vault: AddressVault, staff_id: int, sealed: str) -> str | None:
    """The secret of an offer made to this person; None when it is none."""
    try:
        purpose, owner, secret = vault.decrypt(sealed.encode()).split(":")
    except (SecretError, ValueError):
        return None
    return secret if (purpose, owner) == ("totp", str(staff_id)) else None


def qr_code(secret: str, name: str) -> str:
    """The QR code that an authenticator scans, as an SVG data address for an <img>."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Salama")
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def matching_step(secret: str, code: str, now: dt.datetime) -> int | None:
    """The time step whose code this is; None when it is that of none near `now`."""
    current = int(now.timestamp()) // STEP_S
    generator = pyotp.TOTP(secret)
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(generator.at(step * STEP_S).encode(), _digits(code).encode()):
            return step
    return None


def take_code(session: Session, vault: AddressVault, staff: Staff, code: str, now: dt.datetime) -> bool:
    """Whether `code` is right and was not taken before; it then is."""
    step = matching_step(vault.decrypt(staff.totp_secret), code, now)
    if step is None:
        return False
    taken = update(Staff).where(Staff.id == staff.id, Staff.totp_last_step < step).values(totp_last_step=step)
    return bool(session.execute(taken.execution_options(synchronize_session=False)).rowcount == 1)


def turn_on(session: Session, vault: AddressVault, staff_id: int, secret: str, step: int) -> list[str]:
    """Ask for codes from now on, the one of `step` being used up; returns the recovery codes, shown this once."""
    sealed = vault.encrypt(secret)
    session.execute(update(Staff).where(Staff.id == staff_id).values(totp_secret=sealed, totp_last_step=step))
    return make_recovery_codes(session, vault, staff_id)


def turn_off(session: Session, staff_id: int) -> None:
    """Ask for codes no more."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(totp_secret=None))
    session.execute(_codes_of(staff_id))


def make_recovery_codes(session: Session, vault: AddressVault, staff_id: int) -> list[str]:
    """New recovery codes in place of all former ones."""
    session.execute(_codes_of(staff_id))
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_hash(vault, staff_id, code)) for code in codes)
    return codes


def take_recovery_code(session: Session, vault: AddressVault, staff_id: int, code: str) -> bool:
    """Whether `code` is one of the person's recovery codes; it is used up then."""
    this = delete(RecoveryCode).where(
        RecoveryCode.staff_id == staff_id, RecoveryCode.code_hash == _hash(vault, staff_id, code)
    )
    return bool(session.execute(this.execution_options(synchronize_session=False)).rowcount)


def recovery_codes_left(session: Session, staff_id: int) -> int:
    """How many recovery codes the person has."""
    return int(session.execute(select(func.count()).where(RecoveryCode.staff_id == staff_id)).scalar_one())


def _codes_of(staff_id: int) -> object:
    return delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id).execution_options(synchronize_session=False)


def _hash(vault: AddressVault, staff_id: int, code: str) -> str:
    return vault.lookup_hash("recovery code", f"{staff_id}:{''.join(c for c in code.lower() if c.isalnum())}")


def _digits(code: str) -> str:
    return "".join(c for c in code if c in "0123456789")
