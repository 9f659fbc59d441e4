"""Help in an emergency: whom to call comes first, in the reader's language, and nobody is sent to the wrong police."""

import datetime as dt
import re

import pytest

from bot.knowledge.answers import Composer, Places, payload
from bot.knowledge.danger_cues import DANGER, HELP, LIFE
from bot.knowledge.emergency_replies import emergency
from bot.knowledge.model import HELP_LINES
from bot.knowledge.reading import load

LANGUAGES = ("en", "fr", "pt", "sw")


@pytest.fixture(scope="module")
def knowledge(content_dir):
    return load(content_dir)


def composer(knowledge, language="en", sms=False):
    return Composer(knowledge, language, sms, dt.date(2026, 11, 25))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_gives_the_number_where_the_country_is_known(knowledge, language):
    for code, country in knowledge.countries.items():
        phones = [f.phone for f in country.facts if f.kind.value in ("hotline", "emergency_number")]
        reply = emergency(composer(knowledge, language), Places(destination=code))
        assert all(phone in reply.text for phone in phones)
        others = [choice.payload for choice in reply.choices if "inform_country" in choice.payload]
        assert others  # it may have been another country that was spoken of
        assert not any(code in payload for payload in others)


def test_an_emergency_without_a_country_asks_for_it_after_saying_what_to_do(knowledge):
    reply = emergency(composer(knowledge), Places())
    assert reply.text.index("You did nothing wrong") < reply.text.index("In which country are you now")
    assert any("inform_country" in choice.payload for choice in reply.choices)


def test_in_an_emergency_what_to_do_comes_before_the_lack_of_a_number(knowledge):
    assert "LS" not in knowledge.countries, "take another country without numbers"
    text = emergency(composer(knowledge), Places(origin="IN", destination="LS")).text
    assert text.index("You did nothing wrong") < text.index("no checked emergency number")
    assert "India" not in text


def test_in_an_emergency_abroad_only_those_lines_of_the_home_country_are_given_that_are_reached_from_abroad(knowledge):
    reachable = [f for f in knowledge.countries["PH"].facts if f.phone_abroad]
    assert reachable, "take another country with a line for its workers abroad"
    text = emergency(composer(knowledge), Places(origin="PH", destination="LS")).text
    assert reachable[0].phone_abroad in text
    text = emergency(composer(knowledge), Places(origin="ZA", destination="LS")).text
    assert "10111" not in text


def test_where_a_person_comes_from_is_not_where_the_police_are_sent(knowledge):
    reply = emergency(composer(knowledge), Places(origin="KE"))
    assert "999" not in reply.text
    assert reply.choices[0].payload == payload("inform_country", country="KE")  # one digit away, if it is there


def test_in_danger_the_countries_most_asked_for_are_offered_first(knowledge):
    first = knowledge.responses["utter_emergency"].countries_first
    offered = [c.payload for c in emergency(composer(knowledge), Places()).choices if "inform_country" in c.payload]
    assert offered == [payload("inform_country", country=code) for code in first][: len(offered)]
    offered = emergency(composer(knowledge), Places(destination=first[0])).choices
    assert offered[0].payload == payload("inform_country", country=first[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_wants_to_die_is_told_the_crisis_line_before_the_police(knowledge, language):
    text = emergency(composer(knowledge, language), Places(destination="ZA"), LIFE).text
    assert text.index("0800 567 567") < text.index("10111")
    assert "0800 567 567" not in emergency(composer(knowledge, language), Places(destination="ZA"), DANGER).text


@pytest.mark.parametrize("help", HELP)
def test_where_the_country_is_known_only_another_one_is_asked_for(knowledge, help):
    question = knowledge.responses["utter_emergency_another_country"].languages["en"].text
    assert question in emergency(composer(knowledge), Places(destination="KW"), help).text
    assert question not in emergency(composer(knowledge), Places(origin="KE"), help).text


def test_help_said_again_is_the_number_and_not_the_same_words(knowledge):
    where = Places(destination="KW")
    first, again = (emergency(composer(knowledge), where, DANGER, again) for again in (False, True))
    assert "112" in first.text
    assert "112" in again.text
    assert knowledge.responses[DANGER].languages["en"].text in first.text
    assert knowledge.responses[DANGER].languages["en"].text not in again.text
    assert payload("safe_now") in [choice.payload for choice in again.choices]


ENGLISH = re.compile(r"\b(emergency|number|line|toll|free|call|hotline|ministry|agency|department)\b", re.IGNORECASE)


POLICE = {"en": "Police", "fr": "Police", "pt": "Polícia", "sw": "Polisi"}


@pytest.mark.parametrize("sms", [False, True])
@pytest.mark.parametrize("language", ["fr", "pt", "sw"])
def test_the_line_to_call_says_in_the_language_of_the_reader_whom_one_calls(knowledge, language, sms):
    for country in knowledge.countries.values():
        for fact in country.facts:
            if fact.kind in HELP_LINES:
                named = re.sub(r"\(.*?\)|Helpline of Hope", "", fact.name_in(language))
                assert not ENGLISH.search(named), (country.country, named)
    text = emergency(composer(knowledge, language, sms), Places(destination="KW")).text
    assert "Emergency number" not in text
    assert ": 112" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sms", [False, True])
def test_someone_beaten_in_lebanon_gets_the_police_first(knowledge, language, sms):
    text = emergency(composer(knowledge, language, sms), Places(destination="LB")).text
    assert text.index("112") < (text.index("140") if not sms else len(text))
    assert POLICE[language] in text


def test_a_help_line_of_kinshasa_is_named_in_english_for_english_readers(knowledge):
    text = emergency(composer(knowledge), Places(destination="CD")).text
    assert "- Agency against trafficking in persons (APLTP): 129" in text
