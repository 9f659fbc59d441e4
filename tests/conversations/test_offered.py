import pytest

from bot.conversations.offered import picked_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2), (" 2. ", 2), ("#2", 2), ("(2)", 2), ("2)", 2), ("2️⃣", 2), ("1️⃣", 1), ("10", 10), ("0", 0),
        ("number 2", 2), ("no 2", 2), ("N° 2", 2), ("option 3", 3), ("numéro 4", 4), ("opção 1", 1), ("namba 2", 2),
        ("100", None), ("999", None), ("2 3", None), ("2.5", None), ("2 girls", None), ("for 2", None), ("", None),
        ("number", None), ("passport number 2", None),
    ],
)  # fmt: skip
def test_a_digit_and_nothing_else_is_a_choice(text, number):
    assert picked_number(text) == number
