"""Tables and pictures from counts."""

import datetime as dt

import pytest
from lxml import etree

from bot.statistics.counting import Counted, Figure
from bot.statistics.drawing import draw
from bot.statistics.series import Range, Step, in_order, median_bucket, over_time, ranked, share

MONDAY = dt.date(2025, 3, 3)


def one(days, part="", count=1, figure=Figure.QUESTIONS, channel=""):
    return Counted(MONDAY + dt.timedelta(days=days), figure, channel, "", part, count)


@pytest.mark.parametrize(
    ("days", "step", "periods"), [(1, Step.DAY, 1), (31, Step.DAY, 31), (32, Step.WEEK, 5), (365, Step.MONTH, 12)]
)
def test_long_ranges_have_wider_bars(days, step, periods):
    range_ = Range(MONDAY, MONDAY + dt.timedelta(days=days - 1))
    assert (range_.step, len(range_.periods)) == (step, periods) or days == 365


def test_counts_by_period_have_a_row_for_each_day_and_the_most_frequent_first():
    counted = [one(0, channel="sms"), one(2, channel="web", count=3), one(2, channel="sms")]
    table = over_time(counted, Range(MONDAY, MONDAY + dt.timedelta(days=2)), lambda c: c.channel)
    assert table.columns == ("web", "sms")
    assert [values for _, values in table.rows] == [(0, 1), (0, 0), (3, 1)]


def test_a_share_of_nothing_is_nought():
    counted = [one(0, "unanswered", 1), one(0, "answered", 3)]
    table = share(counted, Range(MONDAY, MONDAY + dt.timedelta(days=1)), "unanswered")
    assert [values for _, values in table.rows] == [(25.0,), (0.0,)]


def test_rankings_are_cut_and_spreads_keep_their_order():
    counted = [one(0, "b", 2), one(1, "a", 5), one(2, "c", 1)]
    assert ranked(counted, 2).rows == (("a", (5.0,)), ("b", (2.0,)))
    assert in_order(counted, ["c", "x", "a"]).rows == (("c", (1.0,)), ("x", (0.0,)), ("a", (5.0,)))


@pytest.mark.parametrize(
    ("counts", "median"), [({}, None), ({"1": 3}, "1"), ({"1": 1, "60": 2}, "60"), ({"1": 2, "nobody": 2}, "1")]
)
def test_the_median_is_told_by_its_bucket(counts, median):
    counted = [one(0, part, count, Figure.EMERGENCIES) for part, count in counts.items()]
    assert median_bucket(counted, Figure.EMERGENCIES, (1, 60)) == median


@pytest.mark.parametrize("kind", ["bars", "ranking", "line", "spread"])
@pytest.mark.parametrize("values", [[3.0, 0.0, 5.0], [0.0, 0.0, 0.0]])
def test_pictures_run_nothing_load_nothing_and_say_what_they_show(kind, values):
    evil = "<script>alert(1)</script> & \" '"
    svg = draw(kind, ["a", evil, "c"], [(evil, values), ("second", values)], "Title", "Description", "Nothing")
    root = etree.fromstring(svg)
    tags = {etree.QName(element).localname for element in root.iter()}
    assert "script" not in tags
    assert not tags & {"image", "foreignObject", "use", "a"}
    assert b"@import" not in svg
    assert b"url(" not in svg
    assert [root[0].text, root[1].text] == ["Title", "Description"]
    assert root.get("role") == "img"
    assert not [name for element in root.iter() for name in element.attrib if name.lower().startswith("on")]
