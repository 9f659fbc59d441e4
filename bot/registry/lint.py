"""Checks of `content/registries/` beyond the schema; joined to `salama content lint`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.knowledge import countries
from bot.knowledge.reading import Document, Problem, read
from bot.knowledge.segments import outside_gsm7
from bot.registry.source import Source, read_sources


def lint(root: Path, today: dt.date) -> list[Problem]:
    """Every problem of the registries' descriptions under the content directory `root`."""
    sources, problems = read_sources(root)
    languages = set(read(root)[0].languages)
    for source in sources.values():
        path = root / "registries" / f"{source.id}.yml"
        if path.exists():
            text = path.read_text(encoding="utf-8")
            problems += _lint(Document(path, text, yaml.safe_load(text)), source, languages, today)
    return problems


def _lint(document: Document, source: Source, languages: set[str], today: dt.date) -> Iterator[Problem]:
    if source.country not in countries.codes():
        yield document.problem(f'"{source.country}" is no ISO 3166 country code', "country")
    if missing := languages - set(source.means):
        yield document.problem(f"means: missing language {', '.join(sorted(missing))}", "means")
    if outside := outside_gsm7(source.authority):
        yield document.problem(f"authority is shown by SMS and has characters outside GSM-7: {outside}", "authority")
    for column in set(source.identity) - source.columns.all():
        yield document.problem(f'identity names "{column}", which is no column', "identity")
    if source.shipped:
        yield from _lint_shipped(document, source, today)


def _lint_shipped(document: Document, source: Source, today: dt.date) -> Iterator[Problem]:
    assert source.shipped
    if not (document.path.parent / "snapshots" / source.shipped.file).is_file():
        yield document.problem(f"snapshots/{source.shipped.file} does not exist", "shipped", "file")
    if source.shipped.published > today:
        yield document.problem(f"published {source.shipped.published} is in the future", "shipped", "published")
    if source.is_stale(source.shipped.published, today):
        message = f"the shipped list of {source.shipped.published} is too old to rely on: import a newer one"
        yield document.problem(message, "shipped", "published", is_error=False)
