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
]  # fmt: skip


@pytest.mark.parametrize(("text", "others"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_a_struck_off_firm_is_told_whatever_stands_beside_it(registry, text, others):
    verdict = registry.check(text, FRESH)
    assert verdict.ruling is Ruling.CANCELLED
    assert verdict.named == others
