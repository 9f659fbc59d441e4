"""The command `salama`. Imports are inside the commands: the engine's take seconds, and most need none of them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler

from bot import logs
from bot.backups import backup, restore
from bot.channels.keywords import CommandWords
from bot.channels.rendering import Channel
from bot.console.commands import first_link, staff_app
from bot.console.teach_command import teach
from bot.conversations.commands import outbox_app
from bot.conversations.notices import Notices
from bot.editing import commands as editing_commands
from bot.faults import Fault
from bot.knowledge.store import shared_store
from bot.registry.commands import app as registry_app
from bot.registry.commands import load_missing
from bot.settings import Settings, load_settings
from bot.storage.prepared import keep_in
from bot.terminal import Terminal

if TYPE_CHECKING:
    from bot.engine import evaluation
    from bot.engine.assistant import Assistant
    from bot.storage.database import Database

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
content_app = typer.Typer(no_args_is_help=True, help="The content that Salama answers from.")
app.add_typer(content_app, name="content")
editing_commands.add_to(content_app)
app.add_typer(outbox_app, name="outbox")
app.add_typer(registry_app, name="registry")
app.command()(backup)
app.command()(restore)
app.command()(teach)
app.add_typer(staff_app, name="staff")
console = Console(stderr=True, highlight=False)
out = Console(highlight=False)
SHORT_LIST_BYTES = 500_000
"""A list of recruiters up to this size is loaded in a second or two, before the start."""


def main() -> None:
    """Run the command; a fault is one line on stderr and exit code 1, never a traceback."""
    try:
        app()
    except Fault as error:
        console.print(f"salama: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the process boundary: a stack trace belongs into a file, not before a user
        log = load_settings().var_dir / "error.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
        console.print(
            f"salama: a fault in Salama itself ({type(error).__name__}); details are in {log}",
            style="red",
            soft_wrap=True,
        )
        sys.exit(1)


def settings_in_force() -> Settings:
    """The settings, with logging set up to their level."""
    settings = load_settings()
    handler = RichHandler(console=console, show_path=False, markup=False, rich_tracebacks=False)
    handler.setFormatter(logs.Lines())
    logs.set_up(settings.log_level, handler)
    return settings


@app.command()
def run() -> None:
    """Set up what is missing, train if the model is stale, then run everything until Ctrl-C."""
    from bot.supervisor import Supervisor, check_port, process_names

    settings = settings_in_force()
    check_port(settings)
    database = _lists_loaded(settings, SHORT_LIST_BYTES)
    settings.address_secret()
    if invitation := first_link(settings, database):
        console.print(invitation, style="bold", markup=False, soft_wrap=True)
    database.close()
    if not _is_taught(settings):
        _train_if_stale(settings)
    console.print(f"Starting {', '.join(process_names(settings))}")
    with _long_lists_loading():
        sys.exit(Supervisor(settings, lambda line: console.print(line, markup=False, soft_wrap=True)).run())


@app.command()
def process(name: str) -> None:
    """Run one process alone: gateway, engine, sender, poller, teacher or fakes; `salama run` starts all."""
    from bot import processes

    kinds: dict[str, Callable[[Settings], None]] = {
        "gateway": processes.gateway,
        "engine": processes.engine,
        "sender": processes.sender,
        "poller": processes.poller,
        "teacher": processes.teacher,
        "fakes": processes.fakes,
    }
    kind, _, number = name.partition("-")  # "engine-2" is the second engine
    is_teaching = kind == "teach" and number.isdecimal()  # "teach-17" carries out teaching run 17
    if kind not in kinds and not is_teaching:
        raise Fault(f'there is no process "{name}": it is one of {", ".join(kinds)}')
    settings = load_settings()
    logs.set_up_process(name, settings.log_level, settings.log_format == "json")
    keep_in(settings.prepared_dir)
    if kind == "engine":
        processes.engine(settings, name)
    elif is_teaching:
        processes.teach(settings, int(number))
    else:
        kinds[kind](settings)


@app.command()
def ask(
    text: str,
    language: Annotated[str | None, typer.Option(help="speak this language, whatever the text is in")] = None,
    channel: Annotated[Channel, typer.Option(help="show the reply as on this channel")] = Channel.WEB,
) -> None:
    """Ask one question; the reply goes to stdout."""
    settings = settings_in_force()
    _lists_loaded(settings, SHORT_LIST_BYTES)
    asyncio.run(_terminal(settings, channel).ask(text, language))


@app.command()
def chat(channel: Annotated[Channel, typer.Option(help="show replies as on this channel")] = Channel.WEB) -> None:
    """Talk in the terminal; an empty line or Ctrl-D ends it."""
    settings = settings_in_force()
    database = _lists_loaded(settings, SHORT_LIST_BYTES)
    asyncio.run(_terminal(settings, channel).chat(database))


@app.command()
def train(force: Annotated[bool, typer.Option(help="train even if the model is fresh")] = False) -> None:
    """Train a model from content/ and nlu_data/, if it is stale, and use it uncompared; `teach` compares first."""
    settings = settings_in_force()
    model = _train_if_stale(settings, force)
    console.print(f"Model: {model}", soft_wrap=True)


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="CSV: text,language,expected[,note]")],
    json_file: Annotated[Path | None, typer.Option("--json", help="write the summary and all rows here")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="write a page with a picture here")] = None,
) -> None:
    """Measure understanding on labelled questions."""
    from bot.engine import evaluation, evaluation_report

    settings = settings_in_force()
    questions = [row for file in files for row in evaluation.read_questions(file)]
    _lists_loaded(settings, SHORT_LIST_BYTES)  # listed names are understood as such
    assistant = _assistant(settings)
    with console.status(f"Asking {len(questions)} questions"):
        rows = asyncio.run(evaluation.evaluate(assistant, questions))
    report = evaluation.report(rows)
    if json_file:
        _write_json(json_file, report)
    if html_file:
        _write(html_file, evaluation_report.html(rows, f"Understanding, {dt.date.today()}, {len(rows)} messages"))
    _print_evaluation(report["summary"], evaluation.confusions(rows), evaluation.worst(rows))


@app.command("nlu-benchmark")
def nlu_benchmark(
    train_file: Annotated[Path, typer.Option("--train", help="CSV: text,label")],
    test_file: Annotated[Path, typer.Option("--test", help="CSV: text,label")],
    oos_label: Annotated[str | None, typer.Option(help="the label of what is out of scope")] = None,
    validation_file: Annotated[
        Path | None, typer.Option("--validation", help="CSV: text,label; fixes the threshold")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the figures and all rows here")] = None,
) -> None:
    """Train and test config.yml's pipeline on other data."""
    from bot.engine import nlu_benchmark as benchmark

    settings_in_force()
    with console.status("Training and testing"):
        result = benchmark.run(train_file, test_file, oos_label, validation_file)
    if json_file:
        _write_json(json_file, result)
    for name, value in result.items():
        if name != "rows":
            out.print(f"{name}: {value}")


@app.command()
def doctor() -> None:
    """Say what is missing or misconfigured, and the remedy."""
    from bot.doctor import examine

    findings = examine(settings_in_force())
    for finding in findings:
        out.print(f"{'ok     ' if finding.ok else 'PROBLEM'} {finding.what}", markup=False, soft_wrap=True)
        if not finding.ok:
            out.print(f"        -> {finding.remedy}", markup=False, soft_wrap=True)
    if not all(finding.ok for finding in findings):
        sys.exit(1)


@content_app.command("lint")
def lint() -> None:
    """Check everything under content/; errors fail, warnings do not."""
    from bot.console.texts import lint as lint_console
    from bot.knowledge.lint import lint as lint_content
    from bot.registry.lint import lint as lint_registries
    from bot.safety.redaction_words import lint as lint_redaction

    settings = settings_in_force()
    today = dt.date.today()
    problems = lint_content(settings.content_dir, today) + lint_registries(settings.content_dir, today)
    problems += lint_console(settings.content_dir) + lint_redaction(settings.content_dir)
    for problem in problems:
        out.print(str(problem), markup=False, soft_wrap=True)
    errors = sum(problem.is_error for problem in problems)
    if errors:
        raise Fault(f"{errors} errors in {settings.content_dir}")
    console.print(f"content lint: no errors, {len(problems)} warnings")


@contextlib.contextmanager
def _long_lists_loading() -> Iterator[None]:
    """Load the long lists beside the running system: the short ones answer meanwhile, and the next start finds all."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "registry", "load"], start_new_session=True, stderr=subprocess.DEVNULL
    )
    waiting = threading.Thread(target=process.wait, daemon=True)  # a finished child must not stay as a zombie
    waiting.start()
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
        waiting.join()


def _lists_loaded(settings: Settings, longest_bytes: int | None = None) -> Database:
    """The database with its newest tables and the lists of recruiters that come with Salama."""
    from bot.registry.source import load_sources
    from bot.storage.database import Database

    database = Database(settings.database)
    database.migrate()
    load_missing(settings, database, load_sources(settings.content_dir), longest_bytes)
    return database


def _is_taught(settings: Settings) -> bool:
    """Whether a model was put in force, and nothing that came with Salama has changed since."""
    with console.status("Looking at the model"):
        from bot.engine import training

        return training.chosen_model(settings) is not None


def _train_if_stale(settings: Settings, force: bool = False) -> Path:
    with console.status("Looking at the model"):
        from bot.engine import training

        model = training.fresh_model(settings)
    if model is None or force:
        with console.status("Training the model (about a minute)"):
            model = training.train(settings)
    training.put_in_force(settings, model)
    return model


def _assistant(settings: Settings) -> Assistant:
    with console.status("Loading the model"):
        from bot.engine.assistant import Assistant
        from bot.engine.training import usable_model

        return Assistant(usable_model(settings), settings)


def _terminal(settings: Settings, channel: Channel) -> Terminal:
    assistant = _assistant(settings)
    store = shared_store(settings.content_dir)  # the assistant's: texts that editors published
    return Terminal(assistant, channel, Notices(store, settings.default_language), CommandWords(store), out, console)


def _print_evaluation(
    summary: dict[str, Any], confusions: list[tuple[tuple[str, str], int]], worst: list[evaluation.Row]
) -> None:
    from rich.table import Table

    names = ("right", "wrong", "abstained", "emergency_recall", "emergency_false_alarms", "out_of_scope_refused")
    for title, groups in (
        ("language", {"all": summary, **summary["by_language"]}),
        ("topic", dict(sorted(summary["by_topic"].items(), key=lambda item: item[1]["right"] or 0))),
    ):
        table = Table(title, "asked", "right", "wrong", "abstained", "emergencies", "false alarms", "refused")
        for label, figures in groups.items():
            shares = ("-" if figures[n] is None else f"{figures[n]:.1%}" for n in names)
            table.add_row(label, str(figures["messages"]), *shares)
        out.print(table)
    for (expected, predicted), count in confusions:
        out.print(f"{count} x {expected} taken for {predicted}")
    for row in worst:
        told = f"{row.confidence:.2f} {row.expected} taken for {row.predicted}: {row.text}"
        out.print(told, markup=False, soft_wrap=True)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    _write(path, json.dumps(data, ensure_ascii=False, indent=1))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror}") from None


if __name__ == "__main__":
    main()
