import datetime as dt

import pytest

from bot.conversations.asked import as_day, as_id, as_place, place


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("7", 7),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, None),
        ("-1", None),
        ("²", None),
        ("٣", None),
        ("", None),
        ("1 ", None),
    ],
)
def test_a_rows_number(text, id):
    assert as_id(text) == id


@pytest.mark.parametrize(
    ("text", "day"), [("2026-11-25", dt.date(2026, 11, 25)), ("9999-12-31", None), ("0001-01-01", None), ("x", None)]
)
def test_a_day(text, day):
    assert as_day(text) == day


def test_a_place_is_read_as_it_was_written():
    at = dt.datetime(2026, 11, 25, 9, 0, 0, 123, dt.timezone.utc)
    assert as_place(place(at, 7)) == (at, 7)


@pytest.mark.parametrize(
    "text", ["", "x", "x~1", "2026-01-01~1", "2026-01-01T00:00:00+00:00~", "0001-01-01T00:00:00+14:00~1"]
)
def test_what_is_no_place(text):
    with pytest.raises(ValueError, match=r"."):
        as_place(text)
