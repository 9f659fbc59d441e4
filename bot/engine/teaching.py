"""One run of teaching: train a model, ask it and the one in force the frozen questions, compare."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.engine import training
from bot.engine.assistant import Assistant
from bot.engine.evaluation import EvaluationError, evaluate, read_questions
from bot.faults import Fault
from bot.settings import Settings
from bot.storage.database import Database
from bot.teaching import runs
from bot.teaching.comparison import compare
from bot.teaching.figures import Row
from bot.teaching.floors import read_floors
from bot.teaching.tables import State

logger = logging.getLogger(__name__)
BEAT_S = 1.0
USUAL_S = 90.0
TRAINED = 70
"""Percent of a run that training is taken for; the rest is asking questions."""
Questions = Sequence[dict[str, str]]
Judge = Callable[[Path, Questions, Callable[[int], None]], list[Row]]


@dataclass(frozen=True)
class Tools:
    """How a model is made and asked; tests put quick ones here."""

    train: Callable[[], Path]
    judge: Judge
    fresh: Callable[[], Path | None]
    in_force: Callable[[], Path | None]
    shipped: Callable[[], str]
    pin: Callable[[Path], None]


def real_tools(settings: Settings) -> Tools:
    """Training with Rasa, and assistants that are asked."""

    def judge(model: Path, questions: Questions, asked: Callable[[int], None]) -> list[Row]:
        return asyncio.run(evaluate(Assistant(model, settings), questions, asked))

    def in_force() -> Path | None:
        return training.usable_model(settings) if training.newest_model(settings) else None

    def pin(model: Path) -> None:
        if training.chosen_model(settings) != model:
            training.put_in_force(settings, model)

    return Tools(
        train=lambda: training.train(settings),
        judge=judge,
        fresh=lambda: training.fresh_model(settings),
        in_force=in_force,
        shipped=lambda: training.shipped_fingerprint(settings),
        pin=pin,
    )


def frozen_questions(directory: Path) -> Questions:
    """The questions that models are compared on.

    Raises:
        EvaluationError: there are none, or a file cannot be used.
    """
    files = sorted(directory.glob("frozen_*.csv"))
    if not files:
        raise EvaluationError(f"{directory} has no frozen_*.csv: no model can be compared without questions")
    return [row for file in files for row in read_questions(file)]


def carry_out(run_id: int, database: Database, settings: Settings, tools: Tools) -> None:
    """Carry the queued run `run_id` out to its end; a fault ends it as failed, and is raised.

    Raises:
        Fault: training or comparing is not possible.
    """
    with database.transaction() as session:
        if not runs.begin(session, run_id, _now()):
            raise Fault(f"teaching run {run_id} is not waiting: somebody else took it")
    try:
        _carry_out(run_id, database, settings, tools)
    except Exception as error:
        # a fault's text is ours; another one's may hold what people wrote
        told = str(error) if isinstance(error, Fault) else f"a fault in Salama itself ({type(error).__name__})"
        with database.transaction() as session:
            runs.fail(session, run_id, told, _now())
        raise


def _carry_out(run_id: int, database: Database, settings: Settings, tools: Tools) -> None:
    floors, questions = read_floors(settings.evaluation_dir), frozen_questions(settings.evaluation_dir)
    old, shipped = tools.in_force(), tools.shipped()
    if old is not None:
        tools.pin(old)  # else a worker that starts meanwhile would take the newest, compared or not
    new = tools.fresh()
    if new is not None and new == old:
        with database.transaction() as session:
            runs.end(session, run_id, State.UNCHANGED, _now(), model=new.name, compared_with=new.name)
        return
    with _beat(run_id, database) as progress:
        trained = {}
        if new is None:
            new = tools.train()
            trained = {"trained_at": _now()}
        progress.train_ended()
        asked = progress.asking(len(questions) * (2 if old else 1))
        before = tools.judge(old, questions, asked) if old else None
        already = len(questions) if old else 0
        after = tools.judge(new, questions, lambda count: asked(already + count))
    comparison = compare(before, after, floors)
    state = State.BELOW_FLOOR if comparison["broken"] else State.READY
    with database.transaction() as session:
        runs.end(
            session,
            run_id,
            state,
            _now(),
            model=new.name,
            compared_with=old.name if old else None,
            shipped=shipped,
            comparison=comparison,
            **trained,
        )


class _Progress:
    """How far the run is: by time while it trains (Rasa tells nothing), by questions afterwards."""

    def __init__(self, usual_s: float) -> None:
        self._began, self._usual_s = time.monotonic(), usual_s
        self._total = self._asked = 0
        self.state = State.TRAINING

    def train_ended(self) -> None:
        self.state = State.EVALUATING

    def asking(self, total: int) -> Callable[[int], None]:
        self._total = total

        def asked(count: int) -> None:
            self._asked = count

        return asked

    @property
    def percent(self) -> int:
        if self.state is State.TRAINING:
            return min(TRAINED - 2, int(TRAINED * (time.monotonic() - self._began) / self._usual_s))
        return TRAINED + int((99 - TRAINED) * self._asked / max(1, self._total))


@contextmanager
def _beat(run_id: int, database: Database) -> Iterator[_Progress]:
    """Report progress each second while the block runs."""
    with database.reading() as session:
        progress = _Progress(runs.usual_seconds(session) or USUAL_S)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_S):
            try:
                with database.transaction() as session:
                    runs.still_here(session, run_id, progress.state, progress.percent, _now())
            except Exception as error:  # a database away for a moment is no reason to stop training
                logger.warning("progress cannot be stored (%s)", type(error).__name__)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        ended.set()
        thread.join()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)
