import datetime as dt

import pytest

from bot.editing.weekly import once_a_week

MONDAY = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.timezone.utc)


def test_a_week_has_one_digest_and_the_next_week_another(database):
    sent = []
    for now in (MONDAY, MONDAY + dt.timedelta(days=6), MONDAY + dt.timedelta(days=7)):
        once_a_week(database, now, lambda: sent.append(1))
    assert len(sent) == 2


def test_a_week_begins_on_monday_morning(database):
    assert once_a_week(database, MONDAY, lambda: None)
    assert not once_a_week(database, MONDAY + dt.timedelta(days=6, hours=20), lambda: None)
    assert once_a_week(database, MONDAY + dt.timedelta(days=7), lambda: None)


def test_a_digest_that_failed_is_tried_again(database):
    with pytest.raises(OSError, match="away"):
        once_a_week(database, MONDAY, _fail)
    assert once_a_week(database, MONDAY, lambda: None)


def _fail():
    raise OSError("the mail server is away")
