"""Staff, how they sign in, and what they did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Text

from bot.storage.database import Base, UtcDateTime

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class Staff(Base):
    """A member of staff; never deleted, for the audit log names them, but disabled.

    `password_hash` is empty until the one-time link was used. `totp_secret` is encrypted; `totp_last_step` is the time
    step of the last code taken, so that none is taken twice.
    """

    __tablename__ = "staff"
    id = Column(ROW_ID, primary_key=True)
    name = Column(String(40), nullable=False, unique=True)
    role = Column(String(16), nullable=False)
    language = Column(String(8), nullable=False)
    password_hash = Column(String(200))
    totp_secret = Column(LargeBinary)
    totp_last_step = Column(BigInteger, nullable=False, default=0, server_default="0")
    created_at = Column(UtcDateTime, nullable=False)
    disabled_at = Column(UtcDateTime)
    signed_in_at = Column(UtcDateTime)


class StaffSession(Base):
    """A browser that is signed in, or (`awaits_code`) has given the password only. The token is stored hashed."""

    __tablename__ = "staff_sessions"
    token_hash = Column(String(64), primary_key=True)
    staff_id = Column(ROW_ID, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)
    awaits_code = Column(Boolean, nullable=False, default=False)
    created_at = Column(UtcDateTime, nullable=False)
    seen_at = Column(UtcDateTime, nullable=False)
    browser = Column(String(200), nullable=False, default="", server_default="")


class OneTimeLink(Base):
    """A link by which a member of staff sets a password; it works once, and its token is stored hashed."""

    __tablename__ = "staff_links"
    token_hash = Column(String(64), primary_key=True)
    staff_id = Column(ROW_ID, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)
    expires_at = Column(UtcDateTime, nullable=False)


class RecoveryCode(Base):
    """A code that stands in for the second factor, once; a used one is deleted."""

    __tablename__ = "staff_recovery_codes"
    id = Column(ROW_ID, primary_key=True)
    staff_id = Column(ROW_ID, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True)
    code_hash = Column(String(64), nullable=False)


class SignInAttempt(Base):
    """An attempt to sign in that has not succeeded: who tries too often must wait. Keyed hashes say who and whence."""

    __tablename__ = "staff_sign_in_attempts"
    __table_args__ = (
        Index("ix_staff_attempts_account", "account_hash", "at"),
        Index("ix_staff_attempts_address", "address_hash", "at"),
    )
    id = Column(ROW_ID, primary_key=True)
    at = Column(UtcDateTime, nullable=False, index=True)
    account_hash = Column(String(64), nullable=False)
    address_hash = Column(String(64), nullable=False)


class AuditEntry(Base):
    """One thing that somebody did. Triggers refuse to change or delete it. `staff_id` is empty for the command line."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_staff", "staff_id", "id"),
        Index("ix_audit_act", "act", "id"),
    )
    id = Column(ROW_ID, primary_key=True)
    at = Column(UtcDateTime, nullable=False, index=True)
    staff_id = Column(ROW_ID, ForeignKey("staff.id"))
    act = Column(String(40), nullable=False)
    target = Column(String(200), nullable=False)
    reason = Column(Text)
