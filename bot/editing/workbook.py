"""The texts to translate as a workbook for people outside: one sheet, one row a text, the limits beside it."""

from __future__ import annotations

import io
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from bot.editing.translations import Standing
from bot.editing.units import Unit
from bot.knowledge import model
from bot.knowledge.lint import MAX_SMS_SEGMENTS
from bot.knowledge.segments import GSM7_PART

COLUMNS = ("id", "field", "source", "target", "limit", "keep")
WIDTHS = (34, 34, 70, 70, 24, 20)
TITLE = "{source}-{target}"
GREY = PatternFill("solid", fgColor="EEEEEE")


@dataclass(frozen=True)
class Limit:
    """How long a text may be: `most` characters, and whether it must fit into the SMS that one reply may take."""

    most: int
    least: int = 0
    is_sms: bool = False


LIMITS: Mapping[tuple[str, str], Limit] = {
    ("faq", "title"): Limit(model.MAX_TITLE, 2),
    ("faq", "answer"): Limit(model.MAX_ANSWER, 80),
    ("faq", "sms"): Limit(model.MAX_SMS, 40, True),
    ("countries", "text"): Limit(model.MAX_FACT),
    ("menus", "title"): Limit(model.MAX_TITLE, 1),
    ("menus", "text"): Limit(160),
    ("responses", "sms"): Limit(MAX_SMS_SEGMENTS * GSM7_PART, 1, True),
}


def limit_of(unit: Unit) -> Limit | None:
    """The limit of a unit; None when it has none of its own."""
    folder, last = unit.path.split("/")[0], unit.key.rsplit(".", 1)[-1]
    return LIMITS.get((folder, last))


def placeholders(text: str) -> list[str]:
    """The placeholders of a text, such as {name}, sorted.

    Raises:
        ValueError: a brace is left open.
    """
    return sorted({f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def to_translate(standing: Standing, source: str, target: str, everything: bool) -> list[Unit]:
    """The units that have a text in `source`: all, or only those that are missing or behind in `target`."""
    found = []
    for file in standing.files.values():
        for unit in file.units:
            mark = standing.mark(unit, target)
            is_open = target not in unit.texts or bool(mark and mark.behind)
            if source in unit.texts and (everything or is_open):
                found.append(unit)
    return found


def workbook(
    units: list[Unit], source: str, target: str, headings: Mapping[str, str], say: Callable[[Limit], str]
) -> bytes:
    """The workbook as a file.

    Args:
        units: what is to be translated.
        headings: the names of the columns, by those in COLUMNS.
        say: words for a limit.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = TITLE.format(source=source, target=target)
    sheet.append([headings[column] for column in COLUMNS])
    for unit in units:
        limit = limit_of(unit)
        kept = _placeholders_or_none(unit.texts[source])
        sheet.append(
            [unit.path, unit.key, unit.texts[source], unit.texts.get(target, ""), say(limit) if limit else "", kept]
        )
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":  # a text that begins with "=" is a text
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row == 1:
                cell.font = Font(bold=True)
            if cell.row == 1 or cell.column_letter != "D":
                cell.fill = GREY
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _placeholders_or_none(text: str) -> str:
    try:
        return " ".join(placeholders(text))
    except ValueError:
        return ""
