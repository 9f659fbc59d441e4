"""Reading what the real client libraries send."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form."""
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
