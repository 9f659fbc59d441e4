"""Messages that name several firms: each is asked for by itself, and a struck-off one is told at once."""

import datetime as dt

import pytest

from bot.registry.verdict import Ruling

FRESH = dt.date(2023, 4, 20)
"""A day on which the Bangladeshi list was new."""


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("is Eastland Network or Skill Dove or Zqwx Plorf ok?", ("Eastland Network", "Zqwx Plorf")),
        ("Skill Dove and Zqwx Plorf", ("Zqwx Plorf",)),
    ],
)
def test_of_several_firms_the_struck_off_one_is_told_and_none_is_dropped(registry, query, others):
    verdict = registry.check(query, FRESH)
    assert (verdict.matches[0].name, verdict.named) == ("Skill Dove Ltd", others)


SEVERAL = [
    ("First Choice Recruitment and Consultancy Ltd and Eastland Network", ("Eastland Network",)),
    ("Are Skill Dove, Eastland Network and Orchard International verified?",
     ("Eastland Network", "Orchard International")),
    ("Are Asmacs, Eastland Network, Orchard International, Royal Enterprise and Skill Dove licensed?",
     ("Asmacs", "Eastland Network", "Orchard International", "Royal Enterprise")),
    ("Skill Dove & Eastland Network", ("Eastland Network",)),
    ("Je Eastland Network na Skill Dove zimesajiliwa?", ("Eastland Network",)),
    ("Near and Far Travels and Employment and Skill Dove", ("Near and Far Travels and Employment",)),
    ("I work with Skill Dove. Is Eastland Network licensed?", ("Eastland Network",)),
    ("Is Eastland Network licensed? My friend went with Skill Dove.", ("Eastland Network",)),
    ("Eastland Network est agréée ? Et Skill Dove ?", ("Eastland Network",)),
    ("I live in Nakuru. Is Skill Dove licensed?", ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "others"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_a_struck_off_firm_is_told_whatever_stands_beside_it(registry, text, others):
    verdict = registry.check(text, FRESH)
    assert verdict.ruling is Ruling.CANCELLED
    assert verdict.named == others


NONE_STRUCK_OFF = [
    ("Near and Far Travels and Employment and Eastland Network",
     ("Near and Far Travels and Employment", "Eastland Network")),
    ("Pacific Trading and Contracting Co. Ltd. and Eastland Network",
     ("Pacific Trading and Contracting Co. Ltd", "Eastland Network")),
    ("I paid Orchard International. Is Eastland Network licensed?", ("Orchard International", "Eastland Network")),
    ("Is Eastland Network licensed? Is Orchard International licensed?", ("Eastland Network", "Orchard International")),
    ("Eastland Network is licensed. Is Zqwx Plorf too?", ("Eastland Network", "Zqwx Plorf too")),
    ("Eastland Network\nOrchard International", ("Eastland Network", "Orchard International")),
    ("is N.Z. Overseas and Eastland Network ok", ("N.Z. Overseas", "Eastland Network")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "firms"), NONE_STRUCK_OFF, ids=[row[0] for row in NONE_STRUCK_OFF])
def test_each_firm_is_offered_by_its_whole_name(registry, text, firms):
    verdict = registry.check(text, FRESH)
    assert (verdict.ruling, verdict.named) == (Ruling.SEVERAL, firms)


ONE_FIRM = [
    "is Near and Far Travels and Employment licensed?",
    "check Công ty cổ phần Xây dựng, Dịch vụ và Hợp tác lao động for me",
    "Is Eastland Network licensed? Do they have an office in Port Harcourt?",
    "Is Eastland Network licensed? My cousin John said so.",
]


@pytest.mark.parametrize("text", ONE_FIRM)
def test_one_firm_is_told_at_once_whatever_its_name_holds_and_the_other_sentence_says(registry, text):
    assert registry.check(text, FRESH).ruling in (Ruling.VALID, Ruling.STALE)
