"""Reading a list's file as published (CSV, XLSX or a table of an HTML page) into rows of text, as a stream."""

from __future__ import annotations

import csv
import datetime as dt
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import openpyxl

from bot.registry.limits import (
    MAX_CELL,
    MAX_ROWS,
    ImportRefused,
    check_length,
    check_workbook,
    lines,
    open_bytes,
)
from bot.registry.source import Format, Source

SAMPLE_BYTES = 1_000_000
MAX_HTML_BYTES = 30_000_000
FORMULA = "=formula"
"""Stands for a formula of a workbook, whose value nobody can vouch for."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (from 1, as a spreadsheet shows it) and its cells by column."""

    number: int
    cells: dict[str, str]
    problem: str = ""


def read_rows(source: Source, path: Path) -> Iterator[Row]:
    """The rows of `path` under its header.

    Raises:
        ImportRefused: the file is not what the source says, lacks a column, or is too big.
    """
    read = {"csv": _csv, "xlsx": _xlsx, "html": _html}[source.format.type]
    table = read(path, source.format)
    for _ in range(source.format.header_row - 1):
        next(table, None)
    header = [_clean(cell) for cell in next(table, (0, []))[1]]
    _check_header(path, source, header)
    for count, (number, cells) in enumerate(table, 1):
        if count > MAX_ROWS:
            raise ImportRefused(f"{path} has more than {MAX_ROWS:,} rows: split the list", "too_long")
        if any(cell.strip() for cell in cells):
            yield _row(number, header, cells)


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    problem = ""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        problem = f"{len(cells)} cells under {len(header)} columns"
    elif any(len(cell) > MAX_CELL for cell in cells):
        problem = f"a cell has more than {MAX_CELL:,} characters"
        cells = [cell[:MAX_CELL] for cell in cells]
    return Row(number, dict(zip(header, (_clean(cell) for cell in cells), strict=False)), problem)


def _clean(cell: str) -> str:
    """Single blanks for every kind of blank and line break; no characters that show nothing."""
    return " ".join("".join(c if c.isprintable() else " " for c in cell).split())


def _check_header(path: Path, source: Source, header: list[str]) -> None:
    if missing := source.columns.all() - set(header):
        names = ", ".join(f'"{name}"' for name in sorted(missing))
        there = ", ".join(f'"{name}"' for name in header[:12]) or "none"
        raise ImportRefused(
            f"{path} has no column {names}; there are: {there[:400]}. Correct `columns` or `format` of {source.id}.yml",
            "no_column",
            names,
        )


def _csv(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    check_length(path)
    _check_encoding(path, format.encoding)

    def error(line: int, reason: str) -> ImportRefused:
        return ImportRefused(f"{path}, line {line}: {reason}", "wrong_text", str(line))

    csv.field_size_limit(100 * MAX_CELL)
    with open_bytes(path) as file:
        reader = csv.reader(lines(path, file, format.encoding, error), delimiter=format.delimiter, strict=False)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as problem:
            raise error(reader.line_num, f"{problem}: is a quotation mark left open?") from None


def _check_encoding(path: Path, encoding: str) -> None:
    """A file in UTF-8 read as a one-byte encoding gives no error, only nonsense."""
    if encoding.startswith("utf"):
        return
    with open_bytes(path) as file:
        sample = file.read(SAMPLE_BYTES)
    try:
        text = sample[: sample.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return
    if not text.isascii():
        raise ImportRefused(f"{path} is UTF-8, not {encoding}: correct `format: encoding` of the source", "encoding")


def _xlsx(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    check_workbook(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # openpyxl raises whatever its XML parser and zip do
            name = type(error).__name__
            raise ImportRefused(f"{path} cannot be read as XLSX ({name}): save it anew", "wrong_type", "XLSX") from None
        try:
            if format.sheet >= len(book.worksheets):
                raise ImportRefused(
                    f"{path} has {len(book.worksheets)} sheets, `format: sheet` is {format.sheet}", "wrong_type", "XLSX"
                )
            for number, row in enumerate(book.worksheets[format.sheet].iter_rows(), 1):
                yield number, [FORMULA if cell.data_type == "f" else _text(cell.value) for cell in row]
        finally:
            book.close()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _html(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    with open_bytes(path) as file:
        content = file.read(MAX_HTML_BYTES + 1)
    if len(content) > MAX_HTML_BYTES:
        raise ImportRefused(f"{path} has more than {MAX_HTML_BYTES:,} bytes of HTML: split the list", "too_long")
    try:
        content.decode(format.encoding)
        parser = lxml.html.HTMLParser(encoding=format.encoding, no_network=True, huge_tree=False)
        page = lxml.html.document_fromstring(content, parser=parser)
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"{path} is not {format.encoding} ({error.reason}): correct `format: encoding`", "encoding"
        ) from None
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        raise ImportRefused(f"{path} cannot be read as HTML: fetch the page again", "wrong_type", "HTML") from None
    tables = page.xpath("//table")
    if format.table >= len(tables):
        raise ImportRefused(f"{path} has {len(tables)} tables, `format: table` is {format.table}", "wrong_type", "HTML")
    for number, row in enumerate(tables[format.table].xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"), 1):
        cells: list[str] = []
        for cell in row.xpath("./th | ./td"):
            span = cell.get("colspan", "1")
            cells += [str(cell.text_content())] + [""] * (min(int(span), 50) - 1 if span.isdecimal() else 0)
        yield number, cells
