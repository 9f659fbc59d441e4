"""A workbook that came back from translators: every cell is checked, and a file of the content is taken whole or not.

What is wrong is named by its cell; what is good becomes revisions in review, which somebody else publishes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from bot.editing import workflow
from bot.editing.overlay import published, texts_in_force
from bot.editing.sign_off import earned_only
from bot.editing.units import FileTexts, Unit, all_texts
from bot.editing.workbook import COLUMNS, TITLE, limit_of, placeholders
from bot.editing.workflow import Editor
from bot.editing.yaml_edit import EditFailed, Place, set_values
from bot.faults import Fault
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.lint import MAX_SMS_SEGMENTS, lint
from bot.knowledge.segments import fold, segments
from bot.registry.limits import ImportRefused, check_workbook
from bot.storage.database import Database

MAX_ROWS = 5000
MAX_CELL = 5000
MOST_PROBLEMS = 200
TARGET = "D"


class WorkbookRefused(Fault):
    """The file is no workbook of ours; `code` names the console's text for it."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell, such as "D7"; without a cell, with a file. `code` names the console's text."""

    cell: str
    code: str
    detail: str = ""
    path: str = ""


@dataclass(frozen=True)
class Returned:
    """What a workbook holds: the changed texts of each file by place, and the problems."""

    source: str
    target: str
    changes: Mapping[str, Mapping[Place, str]]
    problems: tuple[CellProblem, ...] = ()

    @property
    def good(self) -> dict[str, Mapping[Place, str]]:
        """The changes of the files without a problem."""
        bad = {problem.path for problem in self.problems}
        return {path: values for path, values in self.changes.items() if path not in bad}


@dataclass(frozen=True)
class Taken:
    """What became of a workbook: revisions in review by path, paths whose revision was there already, problems."""

    returned: Returned
    revisions: Mapping[str, int] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    problems: tuple[CellProblem, ...] = ()


def read_back(path: Path, files: Mapping[str, FileTexts], languages: Mapping[str, object]) -> Returned:
    """Hold the workbook at `path` against the texts in force.

    Raises:
        WorkbookRefused: it is no workbook, a bomb, or none that Salama made.
    """
    source, target, rows = _rows(path, languages)
    units = {(unit.path, unit.key): unit for file in files.values() for unit in file.units}
    changes: dict[str, dict[Place, str]] = {}
    problems: list[CellProblem] = []
    seen: set[tuple[str, str]] = set()
    for number, cells in rows:
        id, key, said = (_text(cells[n]) for n in range(3))
        unit = units.get((id or "", key or ""))
        if unit is None or source not in unit.texts:
            if any(cell.value is not None for cell in cells[:4]):
                problems.append(CellProblem(f"A{number}", "unknown", f"{id} {key}"[:120]))
            continue
        if (unit.path, unit.key) in seen:
            problems.append(CellProblem(f"A{number}", "twice", "", unit.path))
            continue
        seen.add((unit.path, unit.key))
        if said is None or _plain(said) != _plain(unit.texts[source]):
            problems.append(CellProblem(f"C{number}", "source_changed", "", unit.path))
            continue
        problem, text = _target(unit, cells[3], f"{TARGET}{number}", source)
        if problem is not None:
            problems.append(problem)
        elif text and text != _plain(unit.texts.get(target, "")):
            changes.setdefault(unit.path, {})[unit.place_in(target)] = text
    return Returned(source, target, changes, tuple(problems[:MOST_PROBLEMS]))


def take(
    database: Database,
    root: Path,
    knowledge: Knowledge,
    path: Path,
    by: Editor,
    reason: str,
    now: dt.datetime,
) -> Taken:
    """Read the workbook at `path`, and put what is good into review.

    Raises:
        WorkbookRefused: see `read_back`.
    """
    with database.reading() as session:
        overlay = texts_in_force(published(session), root)
        files = all_texts(root, overlay, knowledge.languages)
        returned = read_back(path, files, knowledge.languages)
        in_force = {name: workflow.in_force(session, root, name) for name in returned.good}
    problems = list(returned.problems)
    texts: dict[str, str] = {}
    for name, values in returned.good.items():
        try:
            before = in_force[name].text or ""
            texts[name] = earned_only(before, set_values(before, values))
        except EditFailed:
            problems.append(CellProblem("", "not_editable", "", name))
    for problem in lint(root, now.date(), {**overlay, **texts}) if texts else ():
        name = problem.file.relative_to(root).as_posix()
        if problem.is_error and name in texts:
            problems.append(CellProblem("", "lint", problem.message, name))
    bad = {problem.path for problem in problems}
    revisions: dict[str, int] = {}
    known: list[str] = []
    with database.transaction() as session:
        for name in sorted(texts.keys() - bad):
            if any(one.text == texts[name] for one in workflow.open_revisions(session, name)):
                known.append(name)
                continue
            made = workflow.draft(session, root, name, texts[name], by, reason, now, in_force[name])
            workflow.submit(session, int(made.id), by, reason, now)
            revisions[name] = int(made.id)
    return Taken(returned, revisions, tuple(known), tuple(problems[:MOST_PROBLEMS]))


def _rows(path: Path, languages: Mapping[str, object]) -> tuple[str, str, Iterator[tuple[int, Any]]]:
    try:
        check_workbook(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        sheets = book.worksheets
    except ImportRefused as error:
        code = error.code if error.code in ("bomb", "too_long") else "wrong_type"
        raise WorkbookRefused(str(error), code) from None
    except Exception as error:  # openpyxl raises whatever its XML parser and zip do
        raise WorkbookRefused(f"{path.name} cannot be read ({type(error).__name__})", "wrong_type") from None
    titles = {TITLE.format(source=a, target=b): (a, b) for a in languages for b in languages if a != b}
    if len(sheets) != 1 or sheets[0].title not in titles:
        raise WorkbookRefused(f"{path.name} is no workbook that Salama made: its sheet was renamed", "not_ours")
    source, target = titles[sheets[0].title]
    return source, target, _cells(path, sheets[0])


def _cells(path: Path, sheet: Any) -> Iterator[tuple[int, Any]]:
    sheet.reset_dimensions()  # what the file says of its size may be false
    rows = sheet.iter_rows(min_row=2, max_col=len(COLUMNS))
    for number in itertools.count(2):
        try:
            row = next(rows, None)
        except Exception as error:
            raise WorkbookRefused(f"{path.name} is damaged ({type(error).__name__})", "wrong_type") from None
        if row is None:
            return
        if number > MAX_ROWS:
            raise WorkbookRefused(f"{path.name} has more than {MAX_ROWS} rows", "too_long")
        if len(row) >= 4:
            yield number, row


def _target(unit: Unit, cell: Any, name: str, source: str) -> tuple[CellProblem | None, str]:
    def problem(code: str, detail: str = "") -> tuple[CellProblem, str]:
        return CellProblem(name, code, detail, unit.path), ""

    if cell.value is None:
        return None, ""
    text = _text(cell)
    if text is None:
        return problem("formula" if cell.data_type == "f" else "no_text")
    text = _plain(text)
    if len(text) > MAX_CELL or any(not c.isprintable() and c != "\n" for c in text):
        return problem("no_text")
    if not text:
        return None, ""
    limit = limit_of(unit)
    if limit and len(text) > limit.most:
        return problem("too_long", f"{len(text)} > {limit.most}")
    if limit and len(text) < limit.least:
        return problem("too_short", f"{len(text)} < {limit.least}")
    if limit and limit.is_sms and (count := segments(fold(text))) > MAX_SMS_SEGMENTS:
        return problem("too_many_sms", f"{count} > {MAX_SMS_SEGMENTS}")
    try:
        wanted, found = placeholders(unit.texts[source]), placeholders(text)
    except ValueError:
        return problem("placeholder", "{ }")
    if wanted != found:
        return problem("placeholder", " ".join(sorted({*wanted} ^ {*found})))
    return None, text


def _text(cell: Any) -> str | None:
    """The text of a cell; None for formulas, numbers, dates and errors."""
    value = cell.value
    return value if isinstance(value, str) and cell.data_type in ("s", "inlineStr", "str") else None


def _plain(text: str) -> str:
    """Without what spreadsheets add: their line ends and blanks at line ends."""
    lines = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()
