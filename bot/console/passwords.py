"""Passwords: which are accepted, how they are stored, how one is checked."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 200
MIN_DIFFERENT = 5
COMMON = (
    "password",
    "passwort",
    "motdepasse",
    "senha",
    "palavrapasse",
    "nenosiri",
    "qwerty",
    "azerty",
    "letmein",
    "welcome",
    "karibu",
    "admin",
    "salama",
    "iloveyou",
)
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
"""Argon2id with 64 MiB and 3 passes: about a tenth of a second."""
_NOBODYS = _HASHER.hash("the password of nobody")
_HASHING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Two at a time: many at once would take all memory."""


def objection(password: str, name: str) -> str | None:
    """Why `password` is not accepted for `name`, as the key of a text; None when it is."""
    folded = _normal(password).casefold()
    if len(folded) < MIN_LENGTH:
        return "password.too_short"
    if len(password) > MAX_LENGTH:
        return "password.too_long"
    rest = "".join(c for c in folded.replace(name.casefold(), "") if c.isalnum())
    letters = "".join(c for c in rest if c.isalpha())
    is_sequence = rest in "01234567890123456789" or rest in "abcdefghijklmnopqrstuvwxyz"
    if len(set(folded)) < MIN_DIFFERENT or len(rest) < MIN_LENGTH / 2 or is_sequence or _is_common(letters):
        return "password.too_easy"
    return None


async def hash_password(password: str) -> str:
    """What is stored of a password."""
    return await asyncio.get_running_loop().run_in_executor(_HASHING, _HASHER.hash, _normal(password))


async def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the one stored.

    It takes as long for who does not exist or has none, so that names cannot be found out by the clock.
    """
    return await asyncio.get_running_loop().run_in_executor(_HASHING, _verify, stored, password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODYS, _normal(password[:MAX_LENGTH])) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)  # keyboards write an é in two ways


def _is_common(letters: str) -> bool:
    """Whether a word that everybody takes, once or repeated, is all there is beside digits and signs."""
    return any(letters == word * (len(letters) // len(word)) for word in COMMON if len(letters) >= len(word))
