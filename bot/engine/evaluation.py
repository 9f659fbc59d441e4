"""Measuring understanding on labelled messages: `salama evaluate`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.engine.assistant import Assistant
from bot.faults import Fault
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE, SMALLTALK
from bot.teaching.figures import Outcome, Row, summary

ABSTAINED = (FALLBACK, OUT_OF_SCOPE, "menu", "talk_to_person")
"""Understood as none of the topics: a menu, "did you mean", "I only know about …" or a person."""
COLUMNS = ("text", "language", "expected")


class EvaluationError(Fault):
    """The file cannot be used; the message names it and the remedy."""


def read_questions(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with the columns text, language, expected and optionally note.

    Raises:
        EvaluationError: the file is missing, not UTF-8 CSV, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise EvaluationError(f"{path} does not exist") from None
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise EvaluationError(f"{path} is no UTF-8 CSV file: {error}") from None
    missing = [column for column in COLUMNS if not rows or rows[0].get(column) is None]
    if missing:
        raise EvaluationError(f"{path} lacks the columns {', '.join(missing)}, or has no rows")
    return rows


async def evaluate(
    assistant: Assistant, questions: Iterable[dict[str, str]], asked: Callable[[int], None] | None = None
) -> list[Row]:
    """Ask every question as the first message of a conversation; `asked` is told how many were."""
    rows = []
    for question in questions:
        rows.append(_judge(question, await assistant.understand(question["text"])))
        if asked is not None:
            asked(len(rows))
    return rows


def _judge(question: dict[str, str], parsed: dict[str, Any]) -> Row:
    intent = parsed["intent"]["name"]
    predicted = "smalltalk" if intent in SMALLTALK else intent
    expected = question["expected"].strip()
    note = question.get("note") or ""
    accepted = {expected, *(part[5:].strip() for part in note.split(";") if part.strip().startswith("also:"))}
    if predicted in accepted or (expected == OUT_OF_SCOPE and predicted in ABSTAINED):
        outcome = Outcome.RIGHT
    else:
        outcome = Outcome.ABSTAINED if predicted in ABSTAINED else Outcome.WRONG
    confidence = round(float(parsed["intent"]["confidence"]), 4)
    return Row(question["text"], question["language"], expected, predicted, confidence, outcome.value)


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """What `--json` writes."""
    return {"summary": summary(rows), "rows": [asdict(row) for row in rows]}


def confusions(rows: Sequence[Row], most: int = 10) -> list[tuple[tuple[str, str], int]]:
    """The most frequent wrong pairs (expected, predicted)."""
    return Counter((r.expected, r.predicted) for r in rows if r.outcome == Outcome.WRONG.value).most_common(most)


def worst(rows: Sequence[Row], most: int = 10) -> list[Row]:
    """The mistakes that harm most: missed emergencies, then wrong answers, the most confident first."""
    missed = [row for row in rows if row.expected == EMERGENCY and row.predicted != EMERGENCY]
    wrong = [row for row in rows if row.outcome == Outcome.WRONG.value and row not in missed]
    return [*missed, *sorted(wrong, key=lambda row: -row.confidence)][:most]
