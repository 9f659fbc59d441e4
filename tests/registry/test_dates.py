"""Dates are read with names of months in the list's own language, or not at all."""

import datetime as dt

import pytest

from bot.registry import dates
from bot.registry.entries import BrokenRow, Entry, entries
from bot.registry.readers import Row
from bot.registry.source import Source

DAY = dt.date(2027, 2, 28)
READ = [
    ("28-Feb-2027", "%d-%b-%Y", "en", DAY),
    ("28 February 2027", "%d %b %Y", "en", DAY),
    ("28 févr. 2027", "%d %b %Y", "fr", DAY),
    ("28 FÉVRIER 2027", "%d %B %Y", "fr", DAY),
    ("28 fevrier 2027", "%d %B %Y", "fr", DAY),
    ("1 août 2027", "%d %B %Y", "fr", dt.date(2027, 8, 1)),
    ("28 de fevereiro de 2027", "%d de %B de %Y", "pt", DAY),
    ("31.dez.2027", "%d.%b.%Y", "pt", dt.date(2027, 12, 31)),
    ("28 Februari 2027", "%d %B %Y", "sw", DAY),
    ("3 Mei 2027", "%d %b %Y", "sw", dt.date(2027, 5, 3)),
    ("15 de septiembre de 2027", "%d de %B de %Y", "es", dt.date(2027, 9, 15)),
    ("28 tháng 2 năm 2027", "%d %B năm %Y", "vi", DAY),
    ("28 thang 12, 2027", "%d %B, %Y", "vi", dt.date(2027, 12, 28)),
    ("28 Feb 2027", "%d %b %Y", "fr", DAY),
    ("28/02/2027", "%d/%m/%Y", "vi", DAY),
]


@pytest.mark.parametrize(("text", "format", "language", "day"), READ, ids=[row[0] for row in READ])
def test_a_date_is_read(text, format, language, day):
    assert dates.parse(text, format, language) == day


@pytest.mark.parametrize(
    ("text", "format", "language"),
    [
        ("28 févr. 2027", "%d %b %Y", "pt"),
        ("30 février 2027", "%d %B %Y", "fr"),
        ("28 févrierx 2027", "%d %B %Y", "fr"),
    ],
)
def test_what_is_no_date_is_not_guessed(text, format, language):
    with pytest.raises(ValueError, match=r"does not match format|out of range"):
        dates.parse(text, format, language)


def test_a_list_is_read_in_its_language_and_says_which_where_it_cannot(sources):
    told = sources["bd_recruiting_agencies"].dict()
    columns = {"name": "Nom", "licence": "No", "expires": "Valable"}
    row = Row(2, {"Nom": "Agence Étoile", "No": "7", "Valable": "28 févr. 2027"})
    french = Source.parse_obj({**told, "columns": columns, "date_formats": ["%d %b %Y"], "language": "fr"})
    (entry,) = entries(french, [row])
    assert isinstance(entry, Entry)
    assert entry.expires == DAY
    (broken,) = entries(french.copy(update={"language": "en"}), [row])
    assert isinstance(broken, BrokenRow)
    assert broken.reason.endswith('no date in any of `date_formats`, with months in "en"')
