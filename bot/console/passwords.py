"""Passwords: which are accepted, how they are stored, how one is checked."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 200
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
"""Argon2id, the second choice of RFC 9106 (64 MiB), on one thread."""
_NOBODYS = _HASHER.hash("the password of nobody")


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the one stored; takes as long for who does not exist, so that names cannot be found out."""
    try:
        return _HASHER.verify(stored or _NOBODYS, password[:MAX_LENGTH]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
