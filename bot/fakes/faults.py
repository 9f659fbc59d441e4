"""Faults on demand: what the next calls of a fake provider shall answer instead."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, Response


@dataclass(frozen=True)
class Fault:
    """One fault: HTTP `status` with a JSON `body`. `after`: the call takes effect first, only its answer is lost."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False

    def response(self) -> Response:
        """The answer."""
        return JSONResponse(dict(self.body), self.status, dict(self.headers))


class Faults:
    """A line of faults; while `down`, every call fails."""

    def __init__(self) -> None:
        self._line: deque[Fault] = deque()
        self.down = False

    def add(self, *faults: Fault) -> None:
        """The next calls shall fail so, in this order."""
        self._line.extend(faults)

    def next(self) -> Fault | None:
        """The fault of this call, if any."""
        if self.down:
            return Fault(503)
        return self._line.popleft() if self._line else None


def telegram_flood(seconds: int) -> Fault:
    """429 as Telegram says it."""
    return Fault(429, {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {seconds}",
                       "parameters": {"retry_after": seconds}})  # fmt: skip


TELEGRAM_BLOCKED = Fault(403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"})


def twilio_error(code: int, status: int = 400) -> Fault:
    """An error as Twilio's REST API says it; its text has a phone number in it, as the real ones do."""
    message = f"The message From/To pair violates a blacklist rule or {code}: +254700000001"
    return Fault(status, {"code": code, "message": message, "more_info": "", "status": status})
