"""The dashboard: what is asked, answered and left open, as pictures, tables and files."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.roles import Right
from bot.console.routing import Page
from bot.console.visit import Visit
from bot.conversations.asked import as_day
from bot.editing.staleness import staleness
from bot.knowledge.knowledge import Knowledge
from bot.safety.spreadsheet import as_csv
from bot.statistics import counting
from bot.statistics.counting import Counted, Figure
from bot.statistics.drawing import draw
from bot.statistics.series import CHARTS, Chart, Range, Step, Table, median_bucket, table_of, total
from bot.storage.database import Database

CHOICES = (7, 30, 90)
DEFAULT_DAYS = 30
LONGEST_DAYS = 1096
PICTURE = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
"""A picture brings its own style, and may do nothing else."""
SAID_APART = {"channel": "channel", "verdict": "verdict", "answer_time": "within", "person_time": "within"}
"""In which part of content/console/dashboard.yml a chart's labels are."""


SHARED_FOR_S = 20.0
_recent: WeakKeyDictionary[Database, dict[Range, tuple[float, list[Counted]]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Shown:
    """A chart with its labels in the visitor's language."""

    chart: Chart
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]
    is_empty: bool
    title: str
    summary: str


async def show(visit: Visit) -> Response:
    """All figures of a range."""
    wanted, problem = _range(visit)
    counted = await _counted(visit, wanted)
    return visit.render(
        "dashboard.html",
        range=wanted,
        problem=problem,
        choices=CHOICES,
        days=(wanted.until - wanted.since).days + 1,
        ends_today=wanted.until == visit.now.date(),
        charts=[_shown(visit, chart, counted, wanted) for chart in CHARTS.values()],
        figures=_key_figures(visit, counted),
        number=lambda value: format_decimal(value, locale=visit.language),
    )


async def picture(visit: Visit) -> Response:
    """One chart as SVG."""
    chart, shown = await _one(visit)
    lines = [(name, [values[place] for _, values in shown.rows]) for place, name in enumerate(shown.head)]
    svg = draw(
        chart.drawing, [label for label, _ in shown.rows], lines, shown.title, shown.summary, visit.t("dashboard.none")
    )
    return Response(svg, media_type="image/svg+xml", headers=PICTURE)


async def file(visit: Visit) -> Response:
    """One chart's table as CSV."""
    chart, shown = await _one(visit)
    rows: list[list[object]] = [["", *shown.head], *([label, *values] for label, values in shown.rows)]
    name = f"salama-{chart.name}-{visit.now.date()}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


async def _one(visit: Visit) -> tuple[Chart, Shown]:
    chart = CHARTS.get(visit.request.path_params["name"])
    if chart is None:
        raise HTTPException(404)
    wanted, _ = _range(visit)
    counted = await _counted(visit, wanted)
    return chart, _shown(visit, chart, counted, wanted)


async def _counted(visit: Visit, wanted: Range) -> list[Counted]:
    """The counts of a range; a page and its pictures are asked for one after the other, and share them."""
    recent = _recent.setdefault(visit.console.database, {})
    for range_ in [range_ for range_, (at, _) in recent.items() if time.monotonic() - at > SHARED_FOR_S]:
        del recent[range_]
    if wanted not in recent:
        by_month = wanted.step is Step.MONTH
        found = await visit.read(counting.read, wanted.since, wanted.until, tuple(Figure), by_month)
        recent[wanted] = (time.monotonic(), found)
        return found
    return recent[wanted][1]


def _range(visit: Visit) -> tuple[Range, str | None]:
    """The days asked for, and what is wrong with them."""
    today = visit.now.date()
    since, until, days = visit.query("since"), visit.query("until"), visit.query("days")
    if since or until:
        first, last = as_day(since), as_day(until) if until else today
        if first is None or last is None:
            return _last(today, DEFAULT_DAYS), "dashboard.wrong_range"
        last = min(last, today)
        if not dt.timedelta(0) <= last - first < dt.timedelta(days=LONGEST_DAYS):
            return _last(today, DEFAULT_DAYS), "dashboard.wrong_range"
        return Range(first, last), None
    return _last(today, int(days) if days in map(str, CHOICES) else DEFAULT_DAYS), None


def _last(today: dt.date, days: int) -> Range:
    return Range(today - dt.timedelta(days=days - 1), today)


def _shown(visit: Visit, chart: Chart, counted: list[Counted], wanted: Range) -> Shown:
    table = table_of(chart, counted, wanted)
    title = visit.t(f"dashboard.chart.{chart.name}")
    head = tuple(_label(visit, chart, column) for column in table.columns)
    rows = tuple((_row_label(visit, chart, key, wanted), values) for key, values in table.rows)
    return Shown(chart, head, rows, table.is_empty, title, _summary(visit, chart, table, head, rows))


def _summary(
    visit: Visit, chart: Chart, table: Table, head: tuple[str, ...], rows: tuple[tuple[str, tuple[float, ...]], ...]
) -> str:
    """The chart in a sentence, for who does not see it."""
    if table.is_empty:
        return visit.t("dashboard.none")
    if chart.drawing == "bars":
        sums = [(name, sum(values[place] for _, values in rows)) for place, name in enumerate(head)]
    else:
        sums = [(label, values[0]) for label, values in rows]
    unit = "%" if chart.labels == "share" else ""
    told = "; ".join(f"{name}: {format_decimal(value, locale=visit.language)}{unit}" for name, value in sums)
    return f"{visit.t(f'dashboard.chart.{chart.name}')}. {told}"


def _label(visit: Visit, chart: Chart, key: str) -> str:
    if key in ("count", "share"):
        return visit.t(f"dashboard.{key}")
    return _named(visit, chart, key)


def _row_label(visit: Visit, chart: Chart, key: dt.date | str, wanted: Range) -> str:
    if isinstance(key, str):
        return _named(visit, chart, key)
    if wanted.step is Step.MONTH:
        return str(format_skeleton("yMMM", key, locale=visit.language))
    return str(format_skeleton("MMMd", key, locale=visit.language))


def _named(visit: Visit, chart: Chart, key: str) -> str:
    """What staff call a channel, language, topic, verdict or time."""
    knowledge: Knowledge = visit.console.store.current
    if chart.labels == "language" and key in knowledge.languages:
        return knowledge.languages[key].name
    if chart.labels == "topic" and key in knowledge.topics:
        texts = knowledge.topics[key].languages
        return texts[visit.language if visit.language in texts else next(iter(texts))].title
    text = f"dashboard.{SAID_APART.get(chart.labels, 'key')}.{key}"
    if text in visit.console.texts:
        return visit.t(text)
    return key.replace("_", " ") if key else visit.t("dashboard.unknown")


def _key_figures(visit: Visit, counted: list[Counted]) -> list[tuple[str, str]]:
    """Names and values of the figures that stand first."""
    asked = total(counted, Figure.QUESTIONS)
    missed = total(counted, Figure.QUESTIONS, counting.UNANSWERED)

    def number(value: float) -> str:
        return str(format_decimal(value, locale=visit.language))

    def half_within(figure: Figure, limits: tuple[int, ...]) -> str:
        found = median_bucket(counted, figure, limits)
        return visit.t(f"dashboard.within.{found}") if found else "–"

    values = {
        "conversations": number(total(counted, Figure.CONVERSATIONS)),
        "messages": number(total(counted, Figure.MESSAGES, "in")),
        "unanswered": f"{number(round(100 * missed / asked, 1))} %" if asked else "–",
        "answer_time": half_within(Figure.ANSWER_TIME, counting.ANSWER_BUCKETS_S),
        "emergencies": number(total(counted, Figure.EMERGENCIES)),
        "person_time": half_within(Figure.EMERGENCIES, counting.PERSON_BUCKETS_S),
        "lookups": number(total(counted, Figure.LOOKUPS)),
        "reports": number(total(counted, Figure.REPORTS)),
        "erasures": number(total(counted, Figure.ERASURES)),
        "stale": number(staleness(visit.console.store.current, visit.now.date()).past_count),
    }
    return [(visit.t(f"dashboard.figure.{name}"), value) for name, value in values.items()]


PAGES = (
    Page("/dashboard", show, Right.VIEW_DASHBOARD, nav="nav.dashboard"),
    Page("/dashboard/{name}.svg", picture, Right.VIEW_DASHBOARD),
    Page("/dashboard/{name}.csv", file, Right.VIEW_DASHBOARD),
)
