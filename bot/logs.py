"""Logs: one line an event, with fields; the id of a message is the same in every process that touches it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys

QUIET = ("alembic", "rasa", "asyncio", "apscheduler", "matplotlib", "langidentify", "httpx", "httpcore", "telegram",
         "urllib3", "twilio", "aiohttp")  # fmt: skip
"""Libraries that log addresses with tokens in them, what people wrote, or too much."""
_STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """`event key=value …`, or JSON with `time`, `level`, `process`, `event` and the fields.

    Args:
        process: which one writes; None leaves time, level and process out (a terminal shows them itself).
    """

    def __init__(self, process: str | None = None, as_json: bool = False) -> None:
        super().__init__()
        self._process, self._as_json = process, as_json

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        fields = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        at = dt.datetime.fromtimestamp(record.created, dt.timezone.utc).isoformat(timespec="milliseconds")
        event = record.getMessage()
        if record.exc_info:  # the frames say where; the values and the error's text are nobody's business
            fields["error"] = getattr(record.exc_info[0], "__name__", "?")
        if self._as_json:
            head = {"time": at, "level": record.levelname, "process": self._process, "event": event}
            return json.dumps({**head, **fields}, ensure_ascii=False, default=str)
        pairs = " ".join(f"{key}={value}" for key, value in fields.items())
        head_text = f"{at} {record.levelname} {self._process}: " if self._process else ""
        return f"{head_text}{event} {pairs}".rstrip()


def set_up(level: str, handler: logging.Handler) -> None:
    """Log from `level` on to `handler`, and keep libraries quiet."""
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def set_up_process(name: str, level: str, as_json: bool) -> None:
    """Log to stderr as process `name`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(name, as_json))
    set_up(level, handler)
