"""What each child process of the supervisor does."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any

from bot.conversations.delivery import send
from bot.conversations.worker import work
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.storage.database import Database


def gateway(settings: Settings) -> None:
    """Serve HTTP until stopped."""
    import uvicorn

    from bot.gateway.app import create_app

    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
        ws="none",  # rasa pins a websockets too old for uvicorn
    )


def engine(settings: Settings) -> None:
    """Answer messages until stopped; `var/engine.ready` holds the process id once the model is loaded."""
    from bot.engine.assistant import Assistant
    from bot.engine.selfcheck import check
    from bot.engine.training import usable_model

    ready = settings.var_dir / "engine.ready"
    ready.unlink(missing_ok=True)
    assistant = Assistant(usable_model(settings), settings)
    check(assistant)
    assistant.registry.refresh()  # before the first question, not with it
    ready.write_text(str(os.getpid()))
    _until_stopped(lambda stop: work(Database(settings.database), assistant, stop))


def sender(settings: Settings) -> None:
    """Deliver replies on push channels until stopped; the web chat fetches its own."""
    vault = AddressVault(settings.address_secret())
    _until_stopped(lambda stop: send(Database(settings.database), vault, {}, stop))


def _until_stopped(start: Any) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        job: Coroutine[Any, Any, None] = start(stop)
        await job

    asyncio.run(main())
