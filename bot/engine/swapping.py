"""Changing the model of a running engine worker between two messages: none is lost, none waits for the loading."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.conversations.turn import Question, Turn
from bot.engine.assistant import Assistant, AssistantError
from bot.engine.selfcheck import check
from bot.settings import Settings
from bot.teaching.choice import read_choice, stamp
from bot.teaching.workers import Worker, report

logger = logging.getLogger(__name__)
LOOK_S = 1.0
TRIED_WITH = "hello"


def load_beside(former: Assistant, settings: Settings) -> Callable[[Path], Assistant]:
    """A function that loads a model for a process that has `former`: checked, and once tried."""
    registry = former.registry  # and not the former itself, which is to go

    def load(model: Path) -> Assistant:
        assistant = Assistant(model, settings, registry)
        check(assistant)
        try:
            asyncio.run(assistant.understand(TRIED_WITH))
        except Exception as error:  # a model can load and yet fail at its first message
            raise AssistantError(f"model {model.name} understands nothing ({type(error).__name__})") from None
        return assistant

    return load


class SwappingAssistant:
    """Answers with the model in force, and changes over when another one is put in force.

    Args:
        assistant: answers until then.
        model: its model's file.
        load: makes an assistant of another model; it is called in a thread, while messages are answered.
        name: of the worker, to report under.
        seen: the `stamp` of the choice that `model` follows; a later one is looked at.
    """

    def __init__(
        self,
        assistant: Assistant,
        model: Path,
        load: Callable[[Path], Assistant],
        settings: Settings,
        name: str,
        seen: tuple[int, int] | None = None,
    ) -> None:
        self._assistant, self._model, self._load = assistant, model, load
        self._settings, self._name = settings, name
        self._refused: tuple[str, str] | None = None
        self._seen = seen
        self._report()

    def look_ahead(self, questions: Sequence[Question]) -> None:
        """See `Assistant.look_ahead`."""
        self._assistant.look_ahead(questions)

    async def answer(self, question: Question) -> Turn:
        """Answer one message; a model that is put in force meanwhile answers the next."""
        return await self._assistant.answer(question)

    async def watch(self, stop: asyncio.Event) -> None:
        """Look for another model in force until `stop` is set."""
        while not stop.is_set():
            now_there = stamp(self._settings.models_dir)
            if now_there != self._seen:
                self._seen = now_there
                await self._follow()
            try:
                await asyncio.wait_for(stop.wait(), LOOK_S)
            except asyncio.TimeoutError:
                continue

    async def _follow(self) -> None:
        chosen = read_choice(self._settings.models_dir)
        if chosen is None:
            return
        model = self._settings.models_dir / chosen.model
        self._refused = None
        if model != self._model:
            began = time.monotonic()
            try:
                with _polite_threads():
                    self._assistant, self._model = await asyncio.to_thread(self._load, model), model
                logger.info("changed over to %s, loaded in %.1f s", model.name, time.monotonic() - began)
                await asyncio.to_thread(_forget_the_former)
            except Exception as error:  # whatever is wrong with it, the one that answers goes on
                self._refused = model.name, f"{type(error).__name__}: {error}"
                logger.error("model %s cannot be used, %s stays: %s", model.name, self._model.name, error)
        self._report()

    def _report(self) -> None:
        refused, reason = self._refused or (None, None)
        worker = Worker(self._name, os.getpid(), self._model.name, refused, reason)
        try:
            report(self._settings.var_dir, worker)
        except OSError as error:
            logger.warning("cannot report what model answers: %s", error)


@contextmanager
def _polite_threads() -> Iterator[None]:
    """Let threads take turns often: whoever answers waits less for who loads (the worst answer by a quarter)."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _forget_the_former() -> None:
    """Give the former model's memory back: its cycles first, which a start freezes, then what the allocator holds."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # glibc keeps freed memory otherwise
