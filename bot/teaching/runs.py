"""Runs of teaching from the request to the model in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.claims import is_dead, new_token
from bot.faults import Fault
from bot.storage.database import Database
from bot.teaching.choice import Choice, choose, read_choice
from bot.teaching.tables import ACTIVE, State, TeachingRun

SILENT = dt.timedelta(minutes=2)
"""A run on another machine that was not heard of for so long has died; it reports every second."""
MAX_ERROR = 1000


class TeachingError(Fault):
    """The step is not possible; the message says why. `code` names the console's text for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def ask(database: Database, staff_id: int | None, now: dt.datetime, claim: str | None = None) -> int:
    """Ask for a run; returns its id.

    Args:
        staff_id: who asks; None is the command line.
        claim: of a process that will carry the run out itself; without one, the supervisor does.

    Raises:
        TeachingError: one is under way.
    """
    try:
        with database.transaction() as session:
            run = TeachingRun(
                state=State.QUEUED.value, active=True, progress=0, asked_by=staff_id, asked_at=now, claim=claim
            )
            session.add(run)
            session.flush()
            return int(run.id)
    except IntegrityError:
        raise TeachingError("under_way", "a model is being trained already: wait until it is done") from None


def begin(session: Session, id: int, now: dt.datetime) -> bool:
    """Take the queued run `id` for this process; False when it is not to be had."""
    taken = session.execute(
        update(TeachingRun)
        .where(TeachingRun.id == id, TeachingRun.state == State.QUEUED.value)
        .values(state=State.TRAINING.value, claim=new_token(), started_at=now, seen_at=now)
    )
    return bool(taken.rowcount)


def still_here(session: Session, id: int, state: State, progress: int, now: dt.datetime) -> None:
    """Say how far the run is; one that was given up meanwhile stays so."""
    values: dict[str, Any] = {"state": state.value, "progress": progress, "seen_at": now}
    _set(session, id, values)


def end(session: Session, id: int, state: State, now: dt.datetime, **values: Any) -> bool:
    """End a run that is under way with `state`; False when it was ended already."""
    done = {State.READY: 100, State.BELOW_FLOOR: 100, State.UNCHANGED: 100}
    progress = {"progress": done[state]} if state in done else {}
    return _set(session, id, {"state": state.value, "active": None, "ended_at": now, **progress, **values})


def fail(session: Session, id: int, error: str, now: dt.datetime) -> bool:
    """End a run that is under way as failed; the model in force stays in force."""
    return end(session, id, State.FAILED, now, error=error[:MAX_ERROR])


def fail_orphans(session: Session, now: dt.datetime) -> list[int]:
    """End runs whose process has died; returns their ids."""
    query = select(TeachingRun).where(TeachingRun.active.is_(True), TeachingRun.claim.is_not(None))
    failed = []
    for run in session.execute(query).scalars():
        silent = run.seen_at is not None and now - run.seen_at > SILENT
        if (silent or is_dead(run.claim)) and fail(session, run.id, "the process that trained has died", now):
            failed.append(int(run.id))
    return failed


def next_queued(session: Session) -> int | None:
    """A run that waits for the supervisor."""
    query = select(TeachingRun.id).where(TeachingRun.state == State.QUEUED.value, TeachingRun.claim.is_(None))
    found: int | None = session.execute(query.order_by(TeachingRun.id)).scalars().first()
    return found


def get(session: Session, id: int) -> TeachingRun:
    """The run `id`.

    Raises:
        TeachingError: there is none.
    """
    run: TeachingRun | None = session.get(TeachingRun, id, populate_existing=True)
    if run is None:
        raise TeachingError("unknown", f"there is no teaching run {id}")
    return run


def newest(session: Session, limit: int = 10) -> list[TeachingRun]:
    """The runs, newest first."""
    return list(session.execute(select(TeachingRun).order_by(TeachingRun.id.desc()).limit(limit)).scalars())


def usual_seconds(session: Session) -> float | None:
    """How long the last finished training took."""
    query = select(TeachingRun).where(TeachingRun.trained_at.is_not(None)).order_by(TeachingRun.id.desc())
    run = session.execute(query.limit(1)).scalars().first()
    return (run.trained_at - run.started_at).total_seconds() if run else None


def put_in_force(
    session: Session, id: int, staff_id: int | None, models_dir: Path, now: dt.datetime, reason: str | None = None
) -> Choice:
    """Let engine workers change over to the model of the run `id`.

    Args:
        reason: why a model that breaks a floor is put in force all the same.

    Raises:
        TeachingError: it was not compared, breaks a floor and no reason is given, or what it was compared with is
            not what is in force now.
    """
    run: TeachingRun | None = session.execute(
        select(TeachingRun).where(TeachingRun.id == id).with_for_update()
    ).scalar_one_or_none()
    if run is None or run.state not in (State.READY.value, State.BELOW_FLOOR.value) or run.model is None:
        raise TeachingError("not_ready", f"run {id} has no model to put in force")
    if run.state == State.BELOW_FLOOR.value and not (reason or "").strip():
        raise TeachingError("no_reason", f"the model of run {id} breaks a floor: give a reason to use it all the same")
    if not (models_dir / run.model).is_file():
        raise TeachingError("gone", f"the model of run {id} is no longer kept: teach again")
    former = read_choice(models_dir)
    if former is not None and former.model != run.compared_with:
        raise TeachingError("outdated", "another model was put in force since: teach again")
    choice = choose(models_dir, run.model, run.shipped or "")
    run.state, run.put_in_force_by, run.put_in_force_at = State.IN_FORCE.value, staff_id, now
    run.reason = (reason or "").strip() or None
    return choice


def go_back(models_dir: Path, seen: str | None = None) -> Choice:
    """Put the model before the one in force in force again; going back twice is going forth.

    Args:
        seen: the model in force when it was decided, so that two who go back at once do not go forth.

    Raises:
        TeachingError: there is none that is kept, or another model is in force than was seen.
    """
    choice = read_choice(models_dir)
    if choice is not None and seen is not None and choice.model != seen:
        raise TeachingError("outdated", "another model was put in force since")
    if choice is None or choice.previous is None or not (models_dir / choice.previous).is_file():
        raise TeachingError("no_previous", "there is no former model to go back to")
    return choose(models_dir, choice.previous, choice.shipped)


def is_active(run: TeachingRun) -> bool:
    """Whether the run is under way."""
    return run.state in ACTIVE


def _set(session: Session, id: int, values: Mapping[str, Any]) -> bool:
    changed = update(TeachingRun).where(TeachingRun.id == id, TeachingRun.active.is_(True)).values(**values)
    return bool(session.execute(changed, execution_options={"synchronize_session": False}).rowcount)
