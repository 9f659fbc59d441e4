"""From counts to tables: pure functions; a chart, a table of the page and a CSV file show the same one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.statistics.counting import (
    ANSWER_BUCKETS_S,
    MORE,
    NOBODY,
    PERSON_BUCKETS_S,
    UNANSWERED,
    Counted,
    Figure,
)

MOST_TOPICS = 15


class Step(Enum):
    """How long a bar stands for; long ranges would have hundreds of bars else."""

    DAY = 31
    WEEK = 190
    MONTH = 100_000


@dataclass(frozen=True)
class Range:
    """The days from `since` up to and with `until`."""

    since: dt.date
    until: dt.date

    @property
    def step(self) -> Step:
        """How long a bar stands for."""
        days = (self.until - self.since).days + 1
        return next(step for step in Step if days <= step.value)

    @property
    def periods(self) -> tuple[dt.date, ...]:
        """The first day of each period, oldest first; the first one may begin before `since`."""
        days = (self.until - self.since).days + 1
        return tuple(dict.fromkeys(self.period_of(self.since + dt.timedelta(days=number)) for number in range(days)))

    def period_of(self, day: dt.date) -> dt.date:
        """The first day of the period that `day` is in."""
        if self.step is Step.WEEK:
            return day - dt.timedelta(days=day.weekday())
        return day.replace(day=1) if self.step is Step.MONTH else day


@dataclass(frozen=True)
class Table:
    """Rows of numbers, each behind a day (the first of its period) or a key; `columns` are keys of what is counted."""

    columns: tuple[str, ...]
    rows: tuple[tuple[dt.date | str, tuple[float, ...]], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(any(values) for _, values in self.rows)


def over_time(counted: Sequence[Counted], range_: Range, key: Callable[[Counted], str]) -> Table:
    """Counts by period, told apart by `key`, the most frequent first."""
    sums: Counter[tuple[dt.date, str]] = Counter()
    for one in counted:
        sums[range_.period_of(one.day), key(one)] += one.count
    totals: Counter[str] = Counter()
    for (_, name), count in sums.items():
        totals[name] += count
    columns = tuple(name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0])))
    rows = ((period, tuple(float(sums[period, name]) for name in columns)) for period in range_.periods)
    return Table(columns, tuple(rows))


def ranked(counted: Sequence[Counted], limit: int = MOST_TOPICS) -> Table:
    """Counts by part, the most frequent first."""
    totals: Counter[str] = Counter()
    for one in counted:
        totals[one.part] += one.count
    first = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return Table(("count",), tuple((part, (float(count),)) for part, count in first))


def in_order(counted: Sequence[Counted], parts: Sequence[str]) -> Table:
    """Counts by part, in the order of `parts`."""
    totals: Counter[str] = Counter()
    for one in counted:
        totals[one.part] += one.count
    return Table(("count",), tuple((part, (float(totals[part]),)) for part in parts))


def share(counted: Sequence[Counted], range_: Range, part: str) -> Table:
    """The share of `part` by period, in percent; 0 where nothing was counted."""
    all_of_them: Counter[dt.date] = Counter()
    of_part: Counter[dt.date] = Counter()
    for one in counted:
        period = range_.period_of(one.day)
        all_of_them[period] += one.count
        of_part[period] += one.count if one.part == part else 0
    rows = (
        (period, (round(100 * of_part[period] / all_of_them[period], 1) if all_of_them[period] else 0.0,))
        for period in range_.periods
    )
    return Table(("share",), tuple(rows))


def total(counted: Sequence[Counted], figure: Figure, part: str | None = None) -> int:
    """How many in all."""
    return sum(one.count for one in counted if one.figure is figure and part in (None, one.part))


def median_bucket(counted: Sequence[Counted], figure: Figure, limits: Sequence[int]) -> str | None:
    """The limit (or `MORE`, `NOBODY`) within which half of them are; None when there are none."""
    parts = [*map(str, limits), MORE, NOBODY]
    by_part = Counter({part: total(counted, figure, part) for part in parts})
    half, seen = by_part.total() / 2, 0
    for part in parts:
        seen += by_part[part]
        if seen and seen >= half:
            return part
    return None


@dataclass(frozen=True)
class Chart:
    """One of the dashboard's: what it shows, and how the table is made from the counts of its figure."""

    name: str
    figure: Figure
    labels: str
    """What its columns or rows name: channel, language, topic, verdict, answer_time, person_time; empty: nothing."""
    table: Callable[[Sequence[Counted], Range], Table]
    drawing: str = "bars"


def _spread(limits: Sequence[int], *more: str) -> Callable[[Sequence[Counted], Range], Table]:
    parts = [*map(str, limits), MORE, *more]
    return lambda counted, _range: in_order(counted, parts)


CHARTS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart("channels", Figure.CONVERSATIONS, "channel", lambda c, r: over_time(c, r, lambda one: one.channel)),
        Chart("languages", Figure.CONVERSATIONS, "language", lambda c, r: over_time(c, r, lambda one: one.language)),
        Chart("topics", Figure.TOPICS, "topic", lambda c, _r: ranked(c), "ranking"),
        Chart("unanswered", Figure.QUESTIONS, "share", lambda c, r: share(c, r, UNANSWERED), "line"),
        Chart("answer_time", Figure.ANSWER_TIME, "answer_time", _spread(ANSWER_BUCKETS_S), "spread"),
        Chart("emergencies", Figure.EMERGENCIES, "all", lambda c, r: over_time(c, r, lambda _one: "count")),
        Chart("person_time", Figure.EMERGENCIES, "person_time", _spread(PERSON_BUCKETS_S, NOBODY), "spread"),
        Chart("lookups", Figure.LOOKUPS, "verdict", lambda c, r: over_time(c, r, lambda one: one.part)),
        Chart("reports", Figure.REPORTS, "all", lambda c, r: over_time(c, r, lambda _one: "count")),
    )
}


def table_of(chart: Chart, counted: Sequence[Counted], range_: Range) -> Table:
    """The chart's table from all counts."""
    return chart.table([one for one in counted if one.figure is chart.figure], range_)
