"""Names one slip away are found, whatever their length and wherever the slip; nothing else is."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.registry.slips import SHORTEST, SlipIndex


@pytest.mark.parametrize("slip", ["fatma", "fatama", "fatemaa", "gatema", "aftema", "fatem", "fatmea"])
def test_a_letter_wrong_left_out_put_in_or_changed_round_is_found(slip):
    assert SlipIndex(["sunrise", "fatema"]).search(slip) == [1]


@pytest.mark.parametrize("other", ["fatema", "fatima1", "fa", "", "sunset", "fatema" * 5])
def test_the_name_itself_and_names_further_away_are_not(other):
    assert SlipIndex(["sunrise", "fatema"]).search(other) == []


def test_it_finds_what_comparing_with_every_name_finds():
    rng = random.Random(8)
    keys = ["".join(rng.choice("abc") for _ in range(rng.randrange(3, 40))) for _ in range(1500)]
    index = SlipIndex(keys)
    for key in keys[:150]:
        letters = list(key)
        letters.insert(rng.randrange(len(letters)), rng.choice(string.ascii_lowercase))
        asked = "".join(letters)
        fits = [len(name) >= SHORTEST and OSA.distance(asked, name) == 1 for name in keys]
        wanted = [at for at, fit in enumerate(fits) if fit and len(asked) >= SHORTEST]
        assert sorted(index.search(asked)) == wanted


KEYS = st.lists(st.text(max_size=12), max_size=30)


@settings(deadline=None)
@given(KEYS, KEYS)
def test_it_never_says_no_to_a_name_that_it_was_given(held, asked):
    index = SlipIndex(held)
    assert all(map(index.may_hold, held))
    assert not any(index.may_hold(key) for key in asked if len(key) >= SHORTEST and key not in held)
