"""Cells of CSV files that a spreadsheet program shows and never runs as formulas."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

STARTS = "=+-@\t\r\n|%"
"""What Excel, LibreOffice and Google Sheets may take for the beginning of a formula (OWASP, CSV injection)."""


def cell(value: object) -> str:
    """`value` as text; before what could begin a formula, also in other widths or after blanks, is an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = str(value).replace("\x00", "")
    first = unicodedata.normalize("NFKC", text.lstrip())[:1]
    return f"'{text}" if (first and first in STARTS) or text[:1] in tuple(STARTS) else text


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Lines of CSV, each cell made safe."""
    written = io.StringIO()
    csv.writer(written).writerows([cell(value) for value in row] for row in rows)
    return written.getvalue()
