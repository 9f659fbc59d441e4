"""Forgery protection: a token bound to the session, and a look at where the browser says the request comes from."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

FIELD = "csrf"
HEADER = "x-csrf"


def csrf_token(secret: str) -> str:
    """The form token that belongs to a cookie's value; it cannot be made without the cookie, nor the cookie from it."""
    return hmac.new(secret.encode(), b"salama console csrf", hashlib.sha256).hexdigest()


def is_token(given: str, secret: str) -> bool:
    """Whether `given` is the token of the cookie's value `secret`."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), csrf_token(secret).encode())


def is_same_origin(headers: Mapping[str, str], base_url: str) -> bool:
    """Whether a POST comes from a page of ours, as far as the browser tells.

    Args:
        headers: of the request, by lower-case name.
        base_url: the address people reach the gateway at.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return True  # an old browser; the token decides
    ours = urlsplit(base_url)
    try:
        host = urlsplit(origin).netloc
    except ValueError:  # "http://["
        return False
    return origin == f"{ours.scheme}://{ours.netloc}" or host == headers.get("host")
