"""How a verdict is told: the choices that go on from it."""

import datetime as dt
import json
import re
from dataclasses import replace

import pytest

from bot.knowledge.answers import Composer, Places
from bot.knowledge.reading import load
from bot.knowledge.segments import fold, septets
from bot.registry.replies import COUNTRY_CHOICE, SMS_SEPTETS, reply
from bot.registry.verdict import How, Ruling, Verdict
from bot.settings import ROOT

TODAY = dt.date(2026, 11, 24)
FRESH = dt.date(2023, 4, 20)
"""A day on which the Bangladeshi list was new."""
LANGUAGES = ("en", "fr", "pt", "sw")


def said(registry, query, language, sms=False):
    return reply(Composer(load(ROOT / "content"), language, sms=sms, today=TODAY), registry.check(query, TODAY))


@pytest.mark.parametrize(("language", "country"), [("en", "Uganda"), ("fr", "Ouganda")])
@pytest.mark.parametrize(
    ("query", "sms"), [("Erfaz International Recruitment", False), ("Prmie Linkages Limited", True)]
)
def test_a_firm_without_a_town_is_told_with_its_country_in_the_language(registry, query, sms, language, country):
    assert said(registry, query, language, sms).choices[0].title.endswith(f", {country}")


@pytest.mark.parametrize("language", LANGUAGES)
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


ABROAD_SMS = {"en": "not Kenya", "fr": "pas Kenya", "pt": "não em Quênia", "sw": "si ya Kenya"}
ABROAD = {
    "en": "counts there, not in Kenya",
    "fr": "sans valeur dans celui-ci",
    "pt": "sem valor neste",
    "sw": "haihusu Kenya",
}


@pytest.mark.parametrize("today", [FRESH, TODAY])
@pytest.mark.parametrize("sms", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_licence_of_another_country_than_the_one_asked_about_is_told_as_such(registry, language, sms, today):
    composer = Composer(load(ROOT / "content"), language, sms=sms, today=today)
    verdict = registry.check("Eastland Network", today, "KE")
    own = registry.check("Eastland Network", today)
    words = (ABROAD_SMS if sms else ABROAD)[language]
    for told in (reply(composer, verdict), reply(composer, own, Places(origin="KE"))):
        assert words in told.text
    for told in (reply(composer, own), reply(composer, own, Places(origin="BD"))):
        assert words not in told.text
    assert words not in reply(composer, registry.check("Skill Dove", today, "UG")).text, "a warning is none less"


def test_namesakes_abroad_are_offered_with_their_country_which_stays_asked_about(registry):
    composer = Composer(load(ROOT / "content"), "en", sms=False, today=FRESH)
    first = reply(composer, registry.check("Gulf Associate", FRESH, "KE")).choices[0]
    assert "Bangladesh" in first.title
    assert json.loads(first.payload.removeprefix("/check_recruiter"))["country"] == "KE"


@pytest.mark.parametrize("origin", [None, "BD", "KE"])
def test_a_name_that_is_only_alike_is_offered_with_the_country_of_its_list(registry, origin):
    verdict = registry.check("Eastlnd Network", FRESH, origin)
    told = reply(Composer(load(ROOT / "content"), "en", sms=False, today=FRESH), verdict, Places(origin=origin))
    assert verdict.ruling is Ruling.IMITATION
    assert "Bangladesh" in told.choices[0].title


def test_a_piece_of_an_address_is_no_town(registry):
    hit = replace(registry.check("Eastland Network", TODAY).matches[0], city="Gulshan, Dhaka, 2nd", how=How.SIMILAR)
    composer = Composer(load(ROOT / "content"), "en", sms=False, today=TODAY)
    assert ", Dhaka" in reply(composer, Verdict(Ruling.IMITATION, "x", (hit,))).choices[0].title


@pytest.mark.parametrize("text", ["http://evil.com/x", "write @evil on t.me", "bit.ly/x"])
def test_nothing_that_a_person_wrote_comes_back_as_a_link(registry, text):
    told = said(registry, f'"{text}"', "en").text.partition("lists I have")[0]
    assert "NOT FOUND" in told
    assert not re.search(r"@|\w\w\.\w\w|://", told)


def test_a_list_of_struck_off_firms_is_told_as_such_beside_another(registry):
    composer = Composer(load(ROOT / "content"), "en", sms=True, today=TODAY)
    told = reply(composer, registry.check("Dalma Zqwx Agency", TODAY, "UG")).text
    assert "Ministry of Gender and Labour Uganda 2021-06-28 (struck off), Ministry of Gender" in told


def test_what_has_no_licence_number_is_compared_by_name(registry):
    composer = Composer(load(ROOT / "content"), "en", sms=False, today=FRESH)
    hit = replace(registry.check("Eastland Network", FRESH).matches[0], licence="")
    assert "Compare the licence number: https" in reply(composer, registry.check("Eastland Network", FRESH)).text
    assert "Compare the name: https" in reply(composer, Verdict(Ruling.VALID, "x", (hit,))).text


def test_a_word_of_the_same_day_is_no_former_one(registry):
    composer = Composer(load(ROOT / "content"), "en", sms=False, today=TODAY)
    verdict = registry.check("Sahara Recruitment Agency Limited", TODAY)
    assert "Before: " in reply(composer, verdict).text
    same_day = replace(verdict, history=(replace(verdict.history[0], as_of=verdict.matches[0].as_of),))
    assert "Before: " not in reply(composer, same_day).text
