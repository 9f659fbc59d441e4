"""What marks a translation as behind, and what takes the mark back."""

import datetime as dt

import pytest

from bot.editing.in_step import Mark, behind_in, confirm, observe, step
from bot.editing.units import FileTexts, Unit

NOW = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.timezone.utc)


def behind(history):
    """Which language is behind which after the texts went through `history`, each written as "en1 fr1"."""
    marks = {}
    for texts in history:
        marks = step(marks, {word[:2]: word for word in texts.split()})
    return {code: sorted(mark.behind) for code, mark in marks.items() if mark.behind}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (["en1 fr1 sw1"], {}),
        (["en1 fr1 sw1", "en2 fr1 sw1"], {"fr": ["en"], "sw": ["en"]}),
        (["en1 fr1 sw1", "en1 fr1 sw2"], {"en": ["sw"], "fr": ["sw"]}),
        (["en1 fr1 sw1", "en2 fr2 sw2"], {}),
        (["en1 fr1 sw1", "en2 fr2 sw1"], {"sw": ["en", "fr"]}),
        (["en1 fr1 sw1", "en2 fr1 sw1", "en2 fr2 sw1"], {"sw": ["en"]}),
        (["en1 fr1 sw1", "en2 fr1 sw1", "en2 fr2 sw2"], {}),
        (["en1 fr1 sw1", "en2 fr1 sw1", "en1 fr1 sw1"], {}),
        (["en1 fr1 sw1", "en2 fr1 sw1", "en3 fr1 sw1", "en1 fr1 sw1"], {}),
        (["en1 fr1 sw1", "en2 fr1 sw1", "en2 fr2 sw1", "en1 fr2 sw1"], {"fr": ["en"]}),
        (["en1 fr1", "en1 fr1 sw1"], {}),
        (["en1 fr1", "en2 fr1", "en2 fr1 sw1"], {"fr": ["en"]}),
        (["en1 fr1 sw1", "en2 fr1 sw1", "fr1 sw1"], {}),
    ],
)
def test_who_is_behind_whom(history, expected):
    assert behind(history) == expected


def test_what_the_text_was_when_they_were_in_step_is_kept():
    marks = step(step(step({}, {"en": "a", "fr": "A"}), {"en": "b", "fr": "A"}), {"en": "c", "fr": "A"})
    assert marks["fr"] == Mark("A", {"en": "a"})


def files(**texts):
    return [FileTexts("faq/a/b.yml", (Unit("faq/a/b.yml", "answer", ("languages", "*", "answer"), texts),))]


PLACE = ("faq/a/b.yml", "answer")


def test_marks_are_remembered(database):
    assert observe(database, files(en="a", fr="A"), NOW)[PLACE]["fr"] == Mark("A")
    for _ in range(2):
        assert observe(database, files(en="b", fr="A"), NOW)[PLACE]["fr"] == Mark("A", {"en": "a"})
    with database.transaction() as session:
        assert behind_in(session, PLACE[0]) == {"fr": ["en"]}
        assert confirm(session, PLACE[0], "fr", "answer")
        assert behind_in(session, PLACE[0]) == {}
    assert observe(database, files(en="b", fr="A"), NOW)[PLACE]["fr"] == Mark("A")


def test_a_text_that_is_gone_is_forgotten(database):
    observe(database, files(en="a", fr="A"), NOW)
    observe(database, files(en="b"), NOW)
    observe(database, [], NOW)
    assert observe(database, files(en="c", fr="A"), NOW)[PLACE] == {"en": Mark("c"), "fr": Mark("A")}


def test_there_is_nothing_to_confirm_in_an_unknown_text(database):
    with database.transaction() as session:
        assert not confirm(session, "faq/a/b.yml", "fr", "answer")
