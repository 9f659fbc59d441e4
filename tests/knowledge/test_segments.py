import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.segments import fold, segments, septets


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two septets each
        ("€" * 81, 2),
        ("ã" * 70, 1),  # outside GSM-7: UCS-2
        ("ã" * 71, 2),
        ("😀" * 35, 1),  # two UTF-16 units each
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_segments_count_as_the_networks_do(text, count):
    assert segments(text) == count


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("não é só “isto”…", 'nao é so "isto"...'),
        ("l’employeur œuvre — à l’étranger", "l'employeur oeuvre - à l'étranger"),
        ("ñ ü ß Ç", "ñ ü ß Ç"),
    ],
)
def test_fold_keeps_what_gsm7_has_and_plains_the_rest(text, folded):
    assert fold(text) == folded
    assert septets(folded) is not None


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
