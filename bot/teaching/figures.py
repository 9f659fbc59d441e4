"""What an evaluation comes to: each message's outcome, and the shares by language and topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.knowledge.understood import EMERGENCY, OUT_OF_SCOPE


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


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """The shares of right, wrong and abstained among in-scope messages, and what the two special kinds came to."""
    return {
        **_shares(rows),
        "by_language": {code: _shares([r for r in rows if r.language == code]) for code in languages(rows)},
        "by_topic": {topic: _shares([r for r in rows if r.expected == topic]) for topic in topics(rows)},
    }


def languages(rows: Sequence[Row]) -> list[str]:
    """The languages asked in, by code."""
    return sorted({row.language for row in rows})


def topics(rows: Sequence[Row]) -> list[str]:
    """The topics asked about, by id."""
    return sorted({row.expected for row in rows})


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


def _share(rows: Sequence[Row], test: Callable[..., bool]) -> float | None:
    return round(sum(map(test, rows)) / len(rows), 4) if rows else None
