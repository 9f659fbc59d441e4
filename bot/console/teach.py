"""The teach page: train in the background, see what got better and worse, put the model in use, go back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console import staff
from bot.console.audit import Act, as_kept
from bot.console.reasons import is_reason
from bot.console.roles import Right, Role
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.teaching import choice, runs, workers
from bot.teaching.missed import accepted_since
from bot.teaching.runs import TeachingError
from bot.teaching.tables import State, TeachingRun

TEACH = "/teach"
RUNS = 8
FIGURES = ("right", "wrong", "abstained", "emergency_recall", "emergency_false_alarms", "out_of_scope_refused")
MORE_IS_BETTER = ("right", "emergency_recall", "out_of_scope_refused")


@dataclass(frozen=True)
class Overview:
    """What the page shows: the runs, newest first, and how many accepted questions no training has seen."""

    runs: list[TeachingRun]
    untaught: int
    names: dict[int, str]


def overview(session: Session) -> Overview:
    """See `Overview`."""
    found = runs.newest(session, RUNS)
    seen = next((run.started_at for run in found if run.state in (State.IN_FORCE.value, State.READY.value)), None)
    return Overview(found, accepted_since(session, seen), {one.id: one.name for one in staff.everybody(session)})


async def show(visit: Visit) -> Response:
    """The page; without script it loads itself again while a model is being trained."""
    return await _page(visit)


async def start(visit: Visit) -> Response:
    """Ask for a run; the supervisor begins it within a second or two."""

    def ask() -> None:
        run_id = runs.ask(visit.console.database, visit.staff.id, visit.now)
        with visit.transaction() as session:
            visit.record(session, Act.TEACHING_ASKED, f"teaching run {run_id}")

    return await _do(visit, ask, "teach.said.started")


async def use(visit: Visit) -> Response:
    """Put a run's model in use; below a floor only an administrator can, with a reason."""
    run_id, reason = visit.request.path_params["id"], as_kept(visit.field("reason"))

    def put_in_force(session: Session) -> None:
        run = runs.get(session, run_id)
        is_below = run.state == State.BELOW_FLOOR.value
        if is_below and visit.staff.role is not Role.ADMIN:
            raise HTTPException(403)
        if is_below and not is_reason(reason):
            raise TeachingError("no_reason", f"the model of run {run_id} breaks a floor: give a reason in a few words")
        models_dir = visit.console.settings.models_dir
        runs.put_in_force(session, run_id, visit.staff.id, models_dir, visit.now, reason if is_below else None)
        act = Act.MODEL_OVERRIDDEN if is_below else Act.MODEL_IN_FORCE
        visit.record(session, act, f"model {run.model}", reason if is_below else None)

    return await _do(visit, lambda: _write(visit, put_in_force), "teach.said.in_use")


async def back(visit: Visit) -> Response:
    """Go back to the model before the one in force."""

    def go_back(session: Session) -> None:
        former = runs.go_back(visit.console.settings.models_dir, seen=visit.field("in_force"))
        visit.record(session, Act.MODEL_TAKEN_BACK, f"model {former.model}")

    return await _do(visit, lambda: _write(visit, go_back), "teach.said.back")


async def _do(visit: Visit, work: Callable[[], None], say: str) -> Response:
    try:
        await run_in_threadpool(work)
    except TeachingError as error:
        return await _page(visit, f"teach.problem.{error.code}")
    return visit.redirect(TEACH, say=say)


def _write(visit: Visit, work: Callable[[Session], None]) -> None:
    with visit.transaction() as session:
        work(session)


async def _page(visit: Visit, problem: str | None = None) -> Response:
    settings = visit.console.settings
    seen: Overview = await visit.read(overview)
    newest = seen.runs[0] if seen.runs else None
    in_force = choice.read_choice(settings.models_dir)
    return visit.render(
        "teach.html",
        409 if problem else 200,
        problem=problem,
        untaught=seen.untaught,
        run=newest,
        is_active=newest is not None and runs.is_active(newest),
        runs=seen.runs,
        names=seen.names,
        models={run.model: run for run in reversed(seen.runs) if run.model and run.comparison},
        in_force=in_force,
        previous=in_force.previous
        if in_force and (settings.models_dir / (in_force.previous or "-")).is_file()
        else None,
        workers=workers.running(settings.var_dir),
        comparison=_comparison(visit, newest) if newest is not None and newest.comparison else None,
        may_override=visit.staff.role is Role.ADMIN,
        waits_s=_seconds(newest, visit.now),
    )


def _seconds(run: TeachingRun | None, now: dt.datetime) -> int:
    return int((now - run.asked_at).total_seconds()) if run is not None else 0


def _comparison(visit: Visit, run: TeachingRun) -> dict[str, Any]:
    """The stored comparison with names for its languages and topics, and only those topics that changed."""
    stored = run.comparison
    knowledge = visit.console.store.current
    changed = [
        {"title": _title(visit, topic), **change}
        for topic, change in stored["topics"].items()
        if change["better"] or change["worse"]
    ]
    return {
        "questions": stored["questions"],
        "total": [_figure(name, stored["total"]) for name in FIGURES],
        "languages": [
            {
                "name": knowledge.languages[code].name if code in knowledge.languages else code,
                "better": change["better"],
                "worse": change["worse"],
                "figures": [_figure(name, change) for name in ("right", "wrong", "abstained")],
            }
            for code, change in stored["languages"].items()
        ],
        "worse": sorted((c for c in changed if c["worse"] > c["better"]), key=lambda c: c["better"] - c["worse"]),
        "better": sorted((c for c in changed if c["better"] >= c["worse"]), key=lambda c: c["worse"] - c["better"]),
        "broken": [
            {**one, "language": knowledge.languages[one["language"]].name if one["language"] else None}
            for one in stored["broken"]
        ],
    }


def _figure(name: str, change: dict[str, Any]) -> dict[str, Any]:
    new, old = change["new"][name], (change["old"] or {}).get(name)
    points = round(100 * (new - old), 1) if new is not None and old is not None else None
    good = None if not points else (points > 0) == (name in MORE_IS_BETTER)
    return {"name": name, "new": new, "old": old, "points": points, "good": good}


def _title(visit: Visit, topic: str) -> str:
    key = f"teach.kind.{topic}"
    if key in visit.console.texts:
        return visit.t(key)
    return topic_title(visit, topic)


def topic_title(visit: Visit, topic: str) -> str:
    """The topic's title in the visitor's language, or its id when content has none of that name."""
    known = visit.console.store.current.topics.get(topic)
    return known.languages[visit.language].title if known and visit.language in known.languages else topic


PAGES = (
    Page(TEACH, show, Right.TEACH, nav="nav.teach", keeps_awake=False),
    Page(TEACH, start, Right.TEACH, ("POST",)),
    Page(f"{TEACH}/{{id:int}}/use", use, Right.TEACH, ("POST",)),
    Page(f"{TEACH}/back", back, Right.TEACH, ("POST",)),
)
