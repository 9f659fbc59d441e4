"""Each row breaks one thing in a copy of the real content; the lint must name the file and the line."""

import datetime as dt

import pytest

from bot.knowledge.lint import lint

TODAY = dt.date(2026, 11, 24)
ZM = "centres/ZM.yml"
ROWS = [
    (ZM, "country: ZM", "country: ZZ", 'country is "ZZ"'),
    (ZM, "review_by: 2027", "review_by: 2025", "review_by is not after"),
    (ZM, "id: zm_iom_lusaka", "id: zm_labour_lusaka", "stands twice"),
    (ZM, "id: zm_iom_lusaka", "id: za_labour_pretoria", "stands twice"),
    (ZM, "kind: iom", "kind: club", "not a valid enumeration member"),
    ("centres/ZW.yml", "latitude: -20.4833", "latitude: 20.4833", "far from every town of ZW"),
    (ZM, "latitude: -15", "latitude: 15", "km from Lusaka"),
    (ZM, "latitude: -15", "latitude: -915", "ensure this value is greater than"),
    (ZM, "+260 211 221432", "+260 2", "cannot be a phone number"),
    (ZM, "+260 211 221432", "call us", "is not one phone number"),
    (ZM, "type: official", "type: news", "needs the office's own page, or two sources"),
    (ZM, "helps_with: [", "languages: [xx-none]\n  helps_with: [", "no language code"),
    (ZM, "helps_with: [", "serves: [ZZ]\n  helps_with: [", "no ISO 3166"),
    (ZM, "  source:", "  sauce:", "extra fields not permitted"),
    ("labels.yml", "service_legal:", "service_law:", 'label "service_legal"'),
    ("labels.yml", "map: {en: Map, fr: Carte,", "map: {en: Map,", "missing language fr"),
    ("cities.yml", "aliases:", "alias:", "field required"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), ROWS, ids=[row[3] for row in ROWS])
def test_what_is_broken_is_named_with_file_and_line(broken, file, old, new, message):
    broken(file, old, new, message)


def test_offices_past_their_review_are_a_warning(copy):
    late = [p for p in lint(copy, dt.date(2031, 1, 1)) if p.file == copy / ZM]
    assert [p.is_error for p in late] == [False]
