"""A message that names somebody of the lists is a look-up though it does not ask for one; ordinary words are none."""

import pytest


@pytest.mark.parametrize("text", ["0540", "RL 0540", "Eastlnd Network", "eastland netwrok"])
def test_a_number_or_a_misspelt_name_alone_is_a_look_up(registry, text):
    assert registry.is_alone_and_nearly_listed(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "44",
        "540",
        "2026",
        "0700 111 222",
        "Eastlnd",
        "is the Eastlnd Netwrk ok?",
        "I paid 0540 dollars",
        "my passport",
    ],
)
def test_a_short_number_or_a_sentence_is_none(registry, text):
    assert not registry.is_alone_and_nearly_listed(text)


@pytest.mark.parametrize("text", ["Skil Dove", "Kalezn", "Tangofx", "Geoverah"])
def test_a_misspelt_struck_off_name_alone_is_looked_up_though_it_is_short(registry, text):
    assert registry.is_alone_and_nearly_listed(text)


LOOKED_UP = [
    ("Eastland Network Ltd in Kenya", True),
    ("The Gideon's Men", True),
    ("First Choice Consultancy", True),
    ("First Choice", False),
    ("I work for Zqwx Plorf Ltd in Kenya", False),
    ("how much can an agent charge me", False),
]


@pytest.mark.parametrize(("text", "is_looked_up"), LOOKED_UP)
def test_outside_the_form_a_listed_name_is_looked_up(registry, text, is_looked_up):
    assert registry.is_named_in_full(text) is is_looked_up


@pytest.mark.parametrize(
    ("text", "is_name"),
    [("The Gideon's Men", True), ("Skill Dove", True), ("Skill Dove locked me in", False), ("help me", False)],
)
def test_a_name_and_nothing_else(registry, text, is_name):
    assert registry.is_only_a_name(text) is is_name
