"""How a verdict is told: the choices that go on from it."""

import datetime as dt
import json

import pytest

from bot.knowledge.answers import Composer
from bot.knowledge.reading import load
from bot.knowledge.segments import fold, septets
from bot.registry.replies import COUNTRY_CHOICE, SMS_SEPTETS, reply
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


@pytest.mark.parametrize("language", ["en", "fr", "pt", "sw"])
def test_after_not_found_the_countries_that_have_a_list_are_offered_first(registry, language):
    choices = [choice.payload for choice in said(registry, "Zqwx Plorf", language).choices]
    offered = [json.loads(payload.removeprefix(COUNTRY_CHOICE)) for payload in choices if COUNTRY_CHOICE in payload]
    assert [found["country"] for found in offered[:3]] == ["BD", "KE", "UG"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "proves nothing"), ("fr", "ne prouve rien"), ("pt", "nada prova"), ("sw", "halithibitishi")],
)
@pytest.mark.parametrize("sms", [False, True])
def test_absence_from_a_list_of_struck_off_firms_is_no_verdict(registry, language, words, sms):
    composer = Composer(load(ROOT / "content"), language, sms=sms, today=TODAY)
    told = reply(composer, registry.check("Dalma Zqwx Agency", TODAY, "KE"))
    assert told.content_id == "utter_registry_not_struck_off"
    assert words in told.text
    assert "Kenya 2024-10-07" in told.text
    if sms:
        assert septets(fold(told.text)) <= SMS_SEPTETS
