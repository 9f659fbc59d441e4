"""How Rasa is imported here: quiet, without telemetry, without TensorFlow. Import before anything of rasa."""

from __future__ import annotations

import gc
import logging
import os
import warnings

os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from bot.engine import without_tensorflow  # noqa: F401

# at the usual 700 a start goes through its million objects six times, which is a sixth of it
gc.set_threshold(10_000, 10, 10)
# libraries put their own filters before ours; what matters of these warnings, the self-check looks at
warnings.showwarning = lambda *args, **kwargs: None

import rasa.utils.log_utils  # noqa: E402
import structlog  # noqa: E402


def quiet_logs() -> None:
    """Let Rasa log warnings only, and never a message's text or a local variable of a traceback."""
    rasa.utils.log_utils.configure_structlog(logging.WARNING)
    structlog.configure(
        processors=[_without_values, structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for name in ("rasa", "rasa_sdk", "apscheduler", "matplotlib", "asyncio", "langidentify"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_values(logger: object, method: str, event: dict[str, object]) -> dict[str, object]:
    """Keep the event's name only: its other keys may carry what people wrote."""
    return {"event": event.get("event")}


quiet_logs()
