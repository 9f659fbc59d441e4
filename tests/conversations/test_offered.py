import pytest

from bot.conversations.offered import picked, picked_number
from bot.knowledge.reply import Choice


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2), (" 2. ", 2), ("#2", 2), ("(2)", 2), ("2)", 2), ("2️⃣", 2), ("1️⃣", 1), ("10", 10), ("0", 0),
        ("number 2", 2), ("no 2", 2), ("N° 2", 2), ("option 3", 3), ("numéro 4", 4), ("opção 1", 1), ("namba 2", 2),
        ("100", None), ("999", None), ("2 3", None), ("2.5", None), ("2 girls", None), ("for 2", None), ("", None),
        ("number", None), ("passport number 2", None),
        ("2 please", 2), ("pls 1", 1), ("2 s'il vous plaît", 2), ("2 por favor", 2), ("tafadhali 2", 2),
        ("please", None), ("the second one", 2), ("1st", 1), ("le premier", 1), ("a segunda", 2), ("ya pili", 2),
        ("the first time", None), ("a", None), ("one", None), ("segunda-feira", None),
    ],
)  # fmt: skip
def test_a_digit_and_nothing_else_is_a_choice(text, number):
    assert picked_number(text) == number


CHOICES = [
    Choice("Do not tell me", "/a"),
    Choice("Ne plus prévenir", "/b"),
    Choice("Usiniarifu", "/c"),
    Choice("…", "/d"),
]


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("2", "/b"), ("0", "/menu"), ("5", None), ("do NOT tell me!", "/a"),
        ("ne plus prevenir", "/b"), ("usiniarifu", "/c"),
        ("do not tell me that", None), ("tell me", None), ("/usiniarifu", None), ("", None), ("?", None),
    ],
)  # fmt: skip
def test_a_choice_is_picked_by_its_number_or_its_title_and_nothing_else(text, payload):
    assert picked(text, CHOICES) == payload
