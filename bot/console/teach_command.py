"""`salama teach`: train, compare, put in force; or go back."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from bot.console.audit import Act, record
from bot.conversations.claims import new_token
from bot.faults import Fault
from bot.settings import Settings, load_settings
from bot.storage.database import Database
from bot.teaching import runs, teacher, workers
from bot.teaching.tables import State, TeachingRun

console = Console(stderr=True, highlight=False)
out = Console(highlight=False)
LOOK_S = 0.5
CHANGE_OVER_S = 60.0
STEPS = {State.QUEUED.value: "Starting", State.TRAINING.value: "Training", State.EVALUATING.value: "Comparing"}
FIGURES = ("right", "wrong", "abstained", "emergency_recall", "emergency_false_alarms", "out_of_scope_refused")


def teach(
    override: Annotated[str | None, typer.Option(help="why to use the model even if it breaks a floor")] = None,
    back: Annotated[bool, typer.Option("--back", help="go back to the model before the one in force")] = False,
) -> None:
    """Bring changed questions live: train, compare with the model in force, change over without losing a message."""
    settings = load_settings()
    database = Database(settings.database)
    database.migrate()
    if back:
        with database.transaction() as session:
            choice = runs.go_back(settings.models_dir)
            record(session, None, Act.MODEL_TAKEN_BACK, f"model {choice.model}")
        _wait_for_workers(settings, choice.model)
        return
    run = _trained(database)
    if run.state == State.UNCHANGED.value:
        console.print("Nothing to learn: the model in force knows all questions.")
        return
    _show(run.comparison)
    broken = run.comparison["broken"]
    if broken and not override:
        raise Fault('the former model stays in force, for a floor is broken; --override "REASON" uses the new one')
    with database.transaction() as session:
        runs.put_in_force(session, run.id, None, settings.models_dir, teacher.now(), override)
        act = Act.MODEL_OVERRIDDEN if broken else Act.MODEL_IN_FORCE
        record(session, None, act, f"model {run.model}", override if broken else None)
    _wait_for_workers(settings, run.model)


def _trained(database: Database) -> TeachingRun:
    with database.transaction() as session:
        runs.fail_orphans(session, teacher.now())
    run_id = runs.ask(database, None, teacher.now(), new_token())
    process = teacher.start(run_id)
    try:
        with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")) as bar:
            task = bar.add_task("Starting", total=100)
            while process.poll() is None:
                run = _read(database, run_id)
                bar.update(task, completed=run.progress, description=STEPS.get(run.state, "Comparing"))
                time.sleep(LOOK_S)
    except BaseException:
        teacher.stop(process)
        raise
    finally:
        teacher.account_for(database, run_id, process.wait())
    run = _read(database, run_id)
    if run.state == State.FAILED.value:
        raise Fault(f"teaching failed, the former model stays in force: {run.error}")
    return run


def _read(database: Database, run_id: int) -> TeachingRun:
    with database.reading() as session:
        return runs.get(session, run_id)


def _show(comparison: dict[str, Any]) -> None:
    out.print(f"{comparison['questions']} frozen questions; now, and the change in points")
    changed = {topic: change for topic, change in comparison["topics"].items() if change["better"] or change["worse"]}
    for title, changes, figures in (
        ("language", {"all": comparison["total"], **comparison["languages"]}, FIGURES),
        ("topic", dict(sorted(changed.items(), key=lambda item: item[1]["better"] - item[1]["worse"])), FIGURES[:2]),
    ):
        table = Table(title, "better", "worse", *(name.replace("_", " ") for name in figures))
        for label, change in changes.items():
            cells = (_figure(change, name) for name in figures)
            table.add_row(label, str(change["better"]), str(change["worse"]), *cells)
        if changes:
            out.print(table)
    for one in comparison["broken"]:
        language = f" in {one['language']}" if one["language"] else ""
        value = "unknown" if one["value"] is None else f"{one['value']:.1%}"
        out.print(f"BROKEN  {one['figure']}{language} is {value}, its limit {one['limit']:.1%}", style="red")


def _figure(change: dict[str, Any], name: str) -> str:
    new, old = change["new"][name], (change["old"] or {}).get(name)
    if new is None:
        return "-"
    return f"{new:.1%}" if old is None else f"{new:.1%} {100 * (new - old):+.1f}"


def _wait_for_workers(settings: Settings, model: str) -> None:
    began = time.monotonic()
    while True:
        running = workers.running(settings.var_dir)
        refused = [worker for worker in running if worker.refused == model]
        if refused:
            raise Fault(f"{refused[0].name} cannot use {model} and goes on as before: {refused[0].reason}")
        if all(worker.model == model for worker in running):
            break
        if time.monotonic() - began > CHANGE_OVER_S:
            raise Fault(f"not every engine worker uses {model} after {CHANGE_OVER_S:.0f} s: look at their log")
        time.sleep(0.2)
    took = time.monotonic() - began
    told = f"{len(running)} engine workers changed over in {took:.1f} s" if running else "no engine worker runs here"
    console.print(f"In force: {model} ({told})", soft_wrap=True)
