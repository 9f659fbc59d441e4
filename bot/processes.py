"""What each child process of the supervisor does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any

from bot.channels.configured import configured, telegram
from bot.conversations.delivery import Sender
from bot.conversations.desk import Desk
from bot.conversations.housekeeping import Housekeeping
from bot.conversations.notices import Notices
from bot.conversations.polling import poll
from bot.conversations.voice import Voice
from bot.conversations.watches import Watcher
from bot.conversations.worker import Worker, now
from bot.editing.overlay import live_content
from bot.knowledge.store import shared_store
from bot.priority import give_way
from bot.safety.emergency import lexicon_of
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.statistics.counting import keep_some
from bot.storage.database import Database
from bot.teaching.choice import stamp
from bot.teaching.teacher import Teacher

BEHIND_THE_GATEWAY = 5
"""The niceness of engines and senders: a provider repeats or gives up a webhook that is not acknowledged in time."""


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


def engine(settings: Settings, name: str = "engine") -> None:
    """Answer messages until stopped; `var/<name>.ready` holds the process id once the model is loaded."""
    from bot.engine.assistant import Assistant
    from bot.engine.selfcheck import check
    from bot.engine.swapping import SwappingAssistant, load_beside
    from bot.engine.training import usable_model

    give_way(BEHIND_THE_GATEWAY)
    ready = settings.var_dir / f"{name}.ready"
    ready.unlink(missing_ok=True)
    seen = stamp(settings.models_dir)  # before the choice is read: one made while this loads is not missed
    model = usable_model(settings)
    assistant = Assistant(model, settings)
    check(assistant)
    assistant.warm_up()
    database = Database(settings.database)
    store = shared_store(settings.content_dir)  # the assistant's
    notices, voice = Notices(store, settings.default_language), Voice(store, settings.default_language)
    calls_for_help = lexicon_of(store.current).calls_for_help
    desk = Desk(store, voice, calls_for_help, bool(settings.whatsapp_template))
    answers = SwappingAssistant(assistant, model, load_beside(assistant, settings), settings, name, seen)
    worker = Worker(database, answers, notices, desk)
    watcher = Watcher(database, assistant.registry.sources, notices)
    del assistant  # else it would stay in memory when another model is put in force
    ready.write_text(str(os.getpid()))

    async def run(stop: asyncio.Event) -> None:
        await asyncio.gather(worker.run(stop), watcher.run(stop), answers.watch(stop))

    _until_stopped(run)


def teacher(settings: Settings) -> None:
    """Carry out runs of teaching that are asked for in the console, until stopped; `salama run` does so by itself."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    Teacher(Database(settings.database)).run(stopped)


def teach(settings: Settings, run_id: int) -> None:
    """Carry out one run of teaching, then end."""
    from bot.engine.teaching import carry_out, real_tools

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is half made is cleared away
    carry_out(run_id, Database(settings.database), settings, real_tools(settings))


def sender(settings: Settings) -> None:
    """Deliver replies on push channels until stopped; the web chat fetches its own."""
    give_way(BEHIND_THE_GATEWAY)
    vault = AddressVault(settings.address_secret())
    database = Database(settings.database)
    store = live_content(database, settings.content_dir)

    async def run(stop: asyncio.Event) -> None:
        keeping = asyncio.create_task(Housekeeping(database, settings.keep_texts_days, [keep_some], now).run(stop))
        await Sender(database, vault, configured(settings, store)).run(stop)
        await keeping

    _until_stopped(run)


def poller(settings: Settings) -> None:
    """Ask Telegram for messages until stopped; for when it has no address to call."""
    from bot.gateway.app import rate_limit
    from bot.gateway.intake import Intake

    vault, database = AddressVault(settings.address_secret()), Database(settings.database)
    store = live_content(database, settings.content_dir)
    intake = Intake(database, vault, rate_limit(settings, store))

    async def run(stop: asyncio.Event) -> None:
        await poll(telegram(settings, store), intake.put, stop)

    _until_stopped(run)


def fakes(settings: Settings) -> None:
    """Play Telegram and Twilio until stopped, with three phones on one page."""
    import uvicorn

    from bot.fakes.app import create_app

    uvicorn.run(create_app(settings), host=settings.host, port=settings.port + 1, log_level="warning", ws="none")


def _until_stopped(start: Any) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        job: Coroutine[Any, Any, None] = start(stop)
        await job

    asyncio.run(main())
