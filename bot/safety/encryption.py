"""Contact addresses at rest: encrypted for use, hashed with a key for look-up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.faults import Fault

MIN_SECRET_LENGTH = 32


class SecretError(Fault):
    """The secret is missing, too short, or does not open what was encrypted."""


class AddressVault:
    """Encrypts addresses and makes their look-up hashes, each with a key derived from one secret.

    Args:
        secret: at least 32 characters; losing it means losing who the contacts are.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < MIN_SECRET_LENGTH:
            raise SecretError(f"the secret has {len(secret)} characters, at least {MIN_SECRET_LENGTH} are needed")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"salama address encryption")))
        self._hash_key = _derive(secret, b"salama address look-up")

    def encrypt(self, address: str) -> bytes:
        """Encrypt `address`; the same address gives a different result each time."""
        return self._fernet.encrypt(address.encode())

    def decrypt(self, token: bytes) -> str:
        """Give back what `encrypt` was given.

        Raises:
            SecretError: it was encrypted under another secret, or was changed.
        """
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken:
            raise SecretError("a stored address does not open with this secret") from None

    def lookup_hash(self, channel: str, address: str) -> str:
        """HMAC-SHA-256 (64 hex digits) by which a contact of `channel` is found again."""
        return hmac.new(self._hash_key, f"{channel}:{address}".encode(), hashlib.sha256).hexdigest()


def read_or_create_secret(path: Path) -> str:
    """Read the secret from `path`; make a random one there, readable by its owner only, when there is none."""
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, path)  # whole or not at all, also when killed
        os.unlink(draft)
    return path.read_text().strip()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
