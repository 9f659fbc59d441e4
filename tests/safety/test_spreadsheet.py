"""CSV cells that must not become formulas."""

import csv
import io

import pytest

from bot.safety.spreadsheet import as_csv, cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+254712",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\n=1",
        "＝1+1",
        "＋1",
        "=cmd|' /C calc'!A0",
        "%0A=1",
    ],
)
def test_what_could_be_a_formula_is_text(text):
    assert cell(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "written"), [(None, ""), (3, "3"), (-2, "-2"), (0.5, "0.5"), ("words", "words"), ("a=b", "a=b"), ("", "")]
)
def test_the_rest_stays(value, written):
    assert cell(value) == written


def test_quotes_commas_and_lines_stay_in_their_cell():
    rows = [["a", 'say "hi", then\nmore', "ż"]]
    assert list(csv.reader(io.StringIO(as_csv(rows)))) == rows
