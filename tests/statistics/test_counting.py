"""Figures: counted from what is stored, kept by day, the same whether kept or counted now."""

import datetime as dt
from collections import Counter

import pytest

from bot.conversations import erasure
from bot.conversations.desk_tables import Queue, QueueEntry
from bot.conversations.tables import Contact, Conversation, Message
from bot.registry.filing import FiledLookup
from bot.registry.tables import Report
from bot.statistics import counting
from bot.statistics.counting import Figure, bucket
from bot.statistics.tables import DayFigure

TODAY = dt.datetime(2025, 3, 20, 12, tzinfo=dt.timezone.utc)


def at(days_ago, hour=9, second=0.0):
    return TODAY.replace(hour=hour) - dt.timedelta(days=days_ago) + dt.timedelta(seconds=second)


@pytest.fixture
def stored(database):
    """Two people: one of ten days ago, one of yesterday."""
    with database.transaction() as session:
        for number, (days, channel, language, missed) in enumerate(
            [(10, "sms", "fr", True), (1, "web", "sw", False)], 1
        ):
            session.add(
                Contact(
                    id=f"c{number}",
                    channel=channel,
                    address_hash=f"{number}",
                    address_encrypted=b"x",
                    created_at=at(days),
                )
            )
            session.flush()
            times = {"opened_at": at(days), "last_at": at(days)}
            session.add(
                Conversation(
                    id=number, contact_id=f"c{number}", channel=channel, language=language, state="open", **times
                )
            )
            session.flush()
            _message(session, number, number * 10, "in", at(days), channel, intent="receipts")
            content = "utter_not_understood" if missed else "receipts"
            _message(
                session,
                number,
                number * 10 + 1,
                "out",
                at(days, second=4),
                channel,
                reply_to=number * 10,
                content_id=content,
            )
            _message(
                session,
                number,
                number * 10 + 2,
                "out",
                at(days, second=9),
                channel,
                reply_to=number * 10,
                content_id="menu",
            )
        session.add(
            QueueEntry(conversation_id=1, queue=Queue.EMERGENCY.value, since=at(10), seen_at=at(10, second=200))
        )
        session.add(QueueEntry(conversation_id=2, queue=Queue.EMERGENCY.value, since=at(1)))
        FiledLookup("not_found", "sw").store(session, "c2", at(1))
        session.add(Report(reference="R1", language="fr", told=b"x", state="new", created_at=at(10)))


def _message(session, number, id, direction, when, channel, **values):
    session.add(
        Message(
            id=id, contact_id=f"c{number}", conversation_id=number, direction=direction, state="answered",
            channel=channel, text="words", created_at=when, **values,
        )
    )  # fmt: skip
    session.flush()


EXPECTED = {
    (10, Figure.CONVERSATIONS, "sms", "fr", ""): 1,
    (1, Figure.CONVERSATIONS, "web", "sw", ""): 1,
    (10, Figure.MESSAGES, "sms", "", "in"): 1,
    (10, Figure.MESSAGES, "sms", "", "out"): 2,
    (1, Figure.MESSAGES, "web", "", "in"): 1,
    (1, Figure.MESSAGES, "web", "", "out"): 2,
    (10, Figure.TOPICS, "", "", "receipts"): 1,
    (1, Figure.TOPICS, "", "", "receipts"): 1,
    (10, Figure.QUESTIONS, "", "", "unanswered"): 1,
    (1, Figure.QUESTIONS, "", "", "answered"): 1,
    (10, Figure.ANSWER_TIME, "", "", "5"): 1,
    (1, Figure.ANSWER_TIME, "", "", "5"): 1,
    (10, Figure.EMERGENCIES, "", "", "300"): 1,
    (1, Figure.EMERGENCIES, "", "", "nobody"): 1,
    (1, Figure.LOOKUPS, "", "sw", "not_found"): 1,
    (10, Figure.REPORTS, "", "fr", ""): 1,
}


def read(database, days=30):
    with database.reading() as session:
        return counting.read(session, TODAY.date() - dt.timedelta(days=days), TODAY.date())


def keep(database):
    for _ in range(20):
        with database.transaction() as session:
            if not counting.keep_some(session, TODAY):
                return
    raise AssertionError("there is no end to it")


def as_expected(counted):
    keys = (((TODAY.date() - one.day).days, one.figure, one.channel, one.language, one.part) for one in counted)
    return dict(zip(keys, (one.count for one in counted), strict=True))


def test_kept_days_and_days_counted_now_are_the_same(database, stored):
    keep(database)
    assert as_expected(read(database)) == EXPECTED
    with database.reading() as session:
        kept = {row.day for row in session.query(DayFigure)}
    assert kept == {TODAY.date() - dt.timedelta(days=10)}
    keep(database)
    assert as_expected(read(database)) == EXPECTED


def test_who_erases_their_data_stays_counted(database, stored):
    keep(database)
    with database.transaction() as session:
        erasure.erase_contact(session, "c1", TODAY)
    found = as_expected(read(database))
    assert Counter(found)[10, Figure.EMERGENCIES, "", "", "300"] == 1
    assert found[0, Figure.ERASURES, "", "", "staff"] == 1


def test_only_the_figures_asked_for_are_read(database, stored):
    with database.reading() as session:
        found = counting.read(session, TODAY.date() - dt.timedelta(days=2), TODAY.date(), [Figure.LOOKUPS])
    assert [(one.figure, one.count) for one in found] == [(Figure.LOOKUPS, 1)]


def test_an_empty_database_has_no_figures(database):
    keep(database)
    assert read(database) == []


@pytest.mark.parametrize(("seconds", "expected"), [(0, "1"), (1, "1"), (1.01, "2"), (300, "300"), (301, "more")])
def test_buckets_hold_their_limit(seconds, expected):
    assert bucket(seconds, counting.ANSWER_BUCKETS_S) == expected
