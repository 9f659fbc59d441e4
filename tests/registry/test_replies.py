"""How a verdict is told: the choices that go on from it."""

import datetime as dt

import pytest

from bot.knowledge.answers import Composer
from bot.knowledge.reading import load
from bot.registry.replies import reply
from bot.settings import ROOT

TODAY = dt.date(2026, 11, 24)


def said(registry, query, language, sms=False):
    return reply(Composer(load(ROOT / "content"), language, sms=sms, today=TODAY), registry.check(query, TODAY))


@pytest.mark.parametrize(("language", "country"), [("en", "Uganda"), ("fr", "Ouganda")])
@pytest.mark.parametrize(
    ("query", "sms"), [("Erfaz International Recruitment", False), ("Prmie Linkages Limited", True)]
)
def test_a_firm_without_a_town_is_told_with_its_country_in_the_language(registry, query, sms, language, country):
    assert said(registry, query, language, sms).choices[0].title.endswith(f", {country}")
