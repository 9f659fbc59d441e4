"""Measuring understanding on labelled messages: `salama evaluate`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from bot.engine.assistant import Assistant
from bot.faults import Fault
from bot.knowledge.understood import EMERGENCY, FALLBACK, OUT_OF_SCOPE

SMALLTALK = ("greet", "thank", "goodbye", "affirm", "deny", "unsure", "stop")
ABSTAINED = (FALLBACK, OUT_OF_SCOPE, "menu", "talk_to_person")
"""Understood as none of the topics: a menu, "did you mean", "I only know about …" or a person."""
COLUMNS = ("text", "language", "expected")


class EvaluationError(Fault):
    """The file cannot be used; the message names it and the remedy."""


class Outcome(str, Enum):
    """Right, wrong with confidence, or honestly unsure."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSTAINED = "abstained"


@dataclass(frozen=True)
class Row:
    """One message with what it was understood as."""

    text: str
    language: str
    expected: str
    predicted: str
    confidence: float
    outcome: str


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


async def evaluate(assistant: Assistant, questions: Iterable[dict[str, str]]) -> list[Row]:
    """Ask every question as the first message of a conversation."""
    return [_judge(question, await assistant.understand(question["text"])) for question in questions]


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


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """The shares of right, wrong and abstained among in-scope messages, and what the two special kinds came to."""
    return {
        **_shares(rows),
        "by_language": {
            language: _shares([r for r in rows if r.language == language]) for language in _languages(rows)
        },
        "by_topic": {topic: _shares([r for r in rows if r.expected == topic]) for topic in _topics(rows)},
    }


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


def _shares(rows: Sequence[Row]) -> dict[str, float | int | None]:
    in_scope = [row for row in rows if row.expected not in (EMERGENCY, OUT_OF_SCOPE)]
    emergencies = [row for row in rows if row.expected == EMERGENCY]
    outside = [row for row in rows if row.expected == OUT_OF_SCOPE]
    safe = [row for row in rows if row.expected != EMERGENCY]
    return {
        "messages": len(rows),
        **{outcome.value: _share(in_scope, lambda r, o=outcome: r.outcome == o.value) for outcome in Outcome},
        "emergency_recall": _share(emergencies, lambda r: r.predicted == EMERGENCY),
        "emergency_false_alarms": _share(safe, lambda r: r.predicted == EMERGENCY and r.outcome != "right"),
        "out_of_scope_refused": _share(outside, lambda r: r.outcome == Outcome.RIGHT.value),
    }


def _share(rows: Sequence[Row], test: Any) -> float | None:
    return round(sum(map(test, rows)) / len(rows), 4) if rows else None


def _languages(rows: Sequence[Row]) -> list[str]:
    return sorted({row.language for row in rows})


def _topics(rows: Sequence[Row]) -> list[str]:
    return sorted({row.expected for row in rows})
