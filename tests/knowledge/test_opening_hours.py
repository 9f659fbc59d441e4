import datetime as dt

import pytest
from pydantic import ValidationError

from bot.knowledge.opening_hours import OpeningHours

HOURS = OpeningHours(
    timezone="Africa/Nairobi",
    place="Nairobi",
    week={"monday": ["08:00-12:00", "13:00-17:00"], "friday": ["08:00-12:00"]},
    closed=[dt.date(2026, 12, 4)],
)


def at(text):
    return dt.datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-11-30 04:59", False, "2026-11-30 05:00"),
        ("2026-11-30 05:00", True, "2026-11-30 10:00"),
        ("2026-11-30 09:30", False, "2026-11-30 10:00"),
        ("2026-11-30 14:00", False, "2026-12-07 05:00"),  # Friday is a day off
    ],
)
def test_opening_hours_are_those_of_the_office(moment, is_open, opens):
    assert HOURS.is_open(at(moment)) is is_open
    assert HOURS.next_opening(at(moment)) == at(opens)


def test_a_moment_is_told_in_the_persons_language_by_the_offices_clock():
    assert HOURS.told(at("2026-11-30 05:00"), "pt") == "segunda-feira 30 novembro, 08:00 (Nairobi)"


def test_an_office_without_hours_promises_nobody():
    assert not OpeningHours().is_staffed
    assert OpeningHours().next_opening(at("2026-11-30 05:00")) is None


@pytest.mark.parametrize("wrong", [{"timezone": "Mars"}, {"week": {"sun": []}}, {"week": {"monday": ["8-17"]}}])
def test_what_is_no_time_is_refused(wrong):
    with pytest.raises(ValidationError):
        OpeningHours(**wrong)
