"""Two models side by side on the same questions: what the new one answers better, what worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.teaching.figures import Outcome, Row, languages, summary, topics
from bot.teaching.floors import broken


def compare(old: Sequence[Row] | None, new: Sequence[Row], floors: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """What the change from `old` to `new` comes to, as it is stored.

    Args:
        old: the rows of the model in force; None when there is none.
        new: the rows of the new model, the same questions in the same order.
        floors: see `bot.teaching.floors`.

    Returns:
        `questions`; `total`, and by code and id `languages` and `topics`, each {"old": shares, "new": shares,
        "better": questions answered right only now, "worse": only before}; `broken`: floors that the new one breaks.
        No text of a question is in it: they are frozen, and whoever writes training questions must not read them.
    """
    after = summary(new)
    before = summary(old) if old is not None else None
    pairs = list(zip(old, new, strict=True)) if old is not None else []

    def change(place: tuple[str, ...], wanted: list[tuple[Row, Row]]) -> dict[str, Any]:
        return {
            "old": _at(before, place) if before is not None else None,
            "new": _at(after, place),
            "better": sum(not _right(a) and _right(b) for a, b in wanted),
            "worse": sum(_right(a) and not _right(b) for a, b in wanted),
        }

    return {
        "questions": len(new),
        "total": change((), pairs),
        "languages": {
            code: change(("by_language", code), [pair for pair in pairs if pair[1].language == code])
            for code in languages(new)
        },
        "topics": {
            topic: change(("by_topic", topic), [pair for pair in pairs if pair[1].expected == topic])
            for topic in topics(new)
        },
        "broken": [one.as_json() for one in broken(after, floors)],
    }


def _at(figures: Any, place: tuple[str, ...]) -> dict[str, Any]:
    for key in place:
        figures = figures[key]
    return {name: value for name, value in figures.items() if not isinstance(value, dict)}


def _right(row: Row) -> bool:
    return row.outcome == Outcome.RIGHT.value
