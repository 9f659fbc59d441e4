"""Counting one day from what is stored, and keeping the counts of days that are over."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Column, and_, delete, extract, func, insert, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from bot.conversations.desk_tables import Queue, QueueEntry
from bot.conversations.housekeeping_tables import By, Erasure, Progress
from bot.conversations.lifecycle import NOT_UNDERSTOOD
from bot.conversations.tables import Conversation, Direction, Message
from bot.conversations.turn import WITH_PERSON
from bot.registry.tables import Lookup, Report
from bot.statistics.tables import DayFigure

JOB = "figures"
LIVE_DAYS = 2
"""Days before today that are still counted anew: an emergency of last night is seen this morning."""
DAYS_AT_A_TIME = 5
ANSWER_BUCKETS_S = (1, 2, 5, 10, 30, 60, 300)
PERSON_BUCKETS_S = (60, 300, 900, 3600, 14_400, 86_400)
MORE = "more"
NOBODY = "nobody"
"""An emergency that nobody of the staff has seen."""


class Figure(str, Enum):
    """What is counted."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"
    TOPICS = "topics"
    QUESTIONS = "questions"
    ANSWER_TIME = "answer_time"
    EMERGENCIES = "emergencies"
    LOOKUPS = "lookups"
    REPORTS = "reports"
    ERASURES = "erasures"


NO_DAYS = (Figure.TOPICS, Figure.ANSWER_TIME, Figure.MESSAGES, Figure.ERASURES)
"""Figures of which only the sum is shown."""
ANSWERED, UNANSWERED = "answered", "unanswered"


@dataclass(frozen=True)
class Counted:
    """How many of something there were on a day."""

    day: dt.date
    figure: Figure
    channel: str
    language: str
    part: str
    count: int


Moments = tuple[dt.datetime, dt.datetime]


def count_day(session: Session, day: dt.date, figures: Collection[Figure] = tuple(Figure)) -> list[Counted]:
    """What is counted of one day (UTC), of `figures`."""
    start = dt.datetime.combine(day, dt.time(), dt.timezone.utc)
    span = (start, start + dt.timedelta(days=1))
    return [
        Counted(day, figure, channel or "", language or "", part or "", count)
        for figure in figures
        for (channel, language, part), count in _COUNTS[figure](session, span).items()
        if count
    ]


def keep_some(session: Session, now: dt.datetime) -> bool:
    """Count and keep some days that are over; a step of housekeeping: returns whether there are more."""
    last = now.date() - dt.timedelta(days=LIVE_DAYS)
    progress = session.get(Progress, JOB, with_for_update=True)
    day = progress.until.date() if progress else _first_day(session)
    if day is None or day >= last:
        return False
    until = min(last, day + dt.timedelta(days=DAYS_AT_A_TIME))
    session.execute(delete(DayFigure).where(DayFigure.day >= day, DayFigure.day < until))
    counted = [one for number in range((until - day).days) for one in count_day(session, day + dt.timedelta(number))]
    if counted:
        session.execute(insert(DayFigure), [{**vars(one), "figure": one.figure.value} for one in counted])
    session.merge(Progress(job=JOB, until=dt.datetime.combine(until, dt.time(), dt.timezone.utc)))
    return until < last


def read(
    session: Session,
    since: dt.date,
    until: dt.date,
    figures: Collection[Figure] = tuple(Figure),
    by_month: bool = False,
) -> list[Counted]:
    """What was counted from `since` up to and with `until`: kept days from their table, later ones counted now.

    Args:
        figures: which.
        by_month: whether kept days may come as the sum of their month, under its first day: a year has many rows.
    """
    found = _kept(session, since, until, figures, by_month)
    progress = session.get(Progress, JOB)
    first_live = progress.until.date() if progress else _first_day(session) or until
    first_live = max(first_live, since, until - dt.timedelta(days=DAYS_AT_A_TIME))  # housekeeping counts the rest soon
    days = (first_live + dt.timedelta(days=number) for number in range((until - first_live).days + 1))
    return found + [one for day in days for one in count_day(session, day, figures)]


def _kept(
    session: Session, since: dt.date, until: dt.date, figures: Collection[Figure], by_month: bool
) -> list[Counted]:
    kept, found = DayFigure.__table__.c, []
    # of which day a topic was is shown nowhere, and there are many topics
    for names, is_summed in (
        ([figure.value for figure in figures if figure in NO_DAYS], True),
        ([figure.value for figure in figures if figure not in NO_DAYS], by_month),
    ):
        month = (extract("year", kept.day), extract("month", kept.day))
        kind = (kept.figure, kept.channel, kept.language, kept.part)
        query = select(func.min(kept.day), *kind, func.sum(kept.count)).where(
            kept.day.between(since, until), kept.figure.in_(names)
        )
        query = query.group_by(*kind, *((month if by_month else ()) if is_summed else (kept.day,)))
        found += [
            Counted(day, Figure(figure), channel, language, part, int(count))
            for day, figure, channel, language, part, count in (session.execute(query) if names else ())
        ]
    return found


def bucket(seconds: float, limits: Iterable[int]) -> str:
    """The smallest limit that `seconds` are within, as text; `MORE` beyond the last."""
    return next((str(limit) for limit in limits if seconds <= limit), MORE)


def _first_day(session: Session) -> dt.date | None:
    first = session.execute(select(func.min(Message.created_at))).scalar()
    return first.date() if first else None


Parts = Counter[tuple[str | None, str | None, str | None]]


def _conversations(session: Session, span: Moments) -> Parts:
    query = select(Conversation.channel, Conversation.language, func.count()).where(
        Conversation.opened_at >= span[0], Conversation.opened_at < span[1]
    )
    rows = session.execute(query.group_by(Conversation.channel, Conversation.language))
    return Counter({(channel, language, ""): count for channel, language, count in rows})


def _messages(session: Session, span: Moments) -> Parts:
    query = select(Message.channel, Message.direction, func.count()).where(_in(Message.created_at, span))
    rows = session.execute(query.group_by(Message.channel, Message.direction))
    return Counter({(channel, "", direction): count for channel, direction, count in rows})


def _topics(session: Session, span: Moments) -> Parts:
    query = select(Message.intent, func.count()).where(
        _in(Message.created_at, span), Message.direction == Direction.IN.value, Message.intent.is_not(None)
    )
    return Counter({("", "", intent): count for intent, count in session.execute(query.group_by(Message.intent))})


def _questions(session: Session, span: Moments) -> Parts:
    answered = select(func.count()).where(
        _in(Message.created_at, span),
        Message.direction == Direction.IN.value,
        Message.intent.is_not(None),
        Message.intent != WITH_PERSON,
    )
    missed = select(func.count(Message.reply_to.distinct())).where(
        _in(Message.created_at, span),
        Message.direction == Direction.OUT.value,
        Message.content_id.in_(NOT_UNDERSTOOD),
    )
    all_of_them, unanswered = session.execute(answered).scalar_one(), session.execute(missed).scalar_one()
    return Counter({("", "", ANSWERED): max(0, all_of_them - unanswered), ("", "", UNANSWERED): unanswered})


def _answer_time(session: Session, span: Moments) -> Parts:
    asked = aliased(Message)
    query = (
        select(asked.created_at, func.min(Message.created_at))
        .select_from(Message)
        .join(asked, asked.id == Message.reply_to)
        .where(_in(Message.created_at, span), Message.direction == Direction.OUT.value)
        .group_by(asked.id, asked.created_at)
    )
    return _buckets(session.execute(query), ANSWER_BUCKETS_S)


def _emergencies(session: Session, span: Moments) -> Parts:
    query = select(QueueEntry.since, QueueEntry.seen_at).where(
        QueueEntry.queue == Queue.EMERGENCY.value, _in(QueueEntry.since, span)
    )
    return _buckets(session.execute(query), PERSON_BUCKETS_S)


def _buckets(pairs: Iterable[tuple[dt.datetime, dt.datetime | None]], limits: tuple[int, ...]) -> Parts:
    found: Parts = Counter()
    for since, until in pairs:
        part = NOBODY if until is None else bucket((until - since).total_seconds(), limits)
        found["", "", part] += 1
    return found


def _lookups(session: Session, span: Moments) -> Parts:
    query = select(Lookup.language, Lookup.ruling, func.count()).where(_in(Lookup.at, span))
    rows = session.execute(query.group_by(Lookup.language, Lookup.ruling))
    return Counter({("", language, ruling): count for language, ruling, count in rows})


def _reports(session: Session, span: Moments) -> Parts:
    query = select(Report.language, func.count()).where(_in(Report.created_at, span))
    return Counter({("", language, ""): count for language, count in session.execute(query.group_by(Report.language))})


def _erasures(session: Session, span: Moments) -> Parts:
    query = select(Erasure.by, func.count()).where(_in(Erasure.at, span), Erasure.by != By.AGE.value)
    return Counter({("", "", by): count for by, count in session.execute(query.group_by(Erasure.by))})


def _in(column: Column, span: Moments) -> ColumnElement:
    return and_(column >= span[0], column < span[1])


_COUNTS: dict[Figure, Callable[[Session, Moments], Parts]] = {
    Figure.CONVERSATIONS: _conversations,
    Figure.MESSAGES: _messages,
    Figure.TOPICS: _topics,
    Figure.QUESTIONS: _questions,
    Figure.ANSWER_TIME: _answer_time,
    Figure.EMERGENCIES: _emergencies,
    Figure.LOOKUPS: _lookups,
    Figure.REPORTS: _reports,
    Figure.ERASURES: _erasures,
}
