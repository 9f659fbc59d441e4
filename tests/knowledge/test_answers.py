import datetime as dt

import pytest

from bot.knowledge.answers import Composer, Places, payload
from bot.knowledge.reading import load
from bot.knowledge.segments import fold, segments

TODAY = dt.date(2026, 11, 25)
LANGUAGES = ("en", "fr", "pt", "sw")


@pytest.fixture(scope="module")
def knowledge(content_dir):
    return load(content_dir)


def composer(knowledge, language="en", sms=False, today=TODAY):
    return Composer(knowledge, language, sms, today)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_told_with_its_source_and_follow_ups(knowledge, language):
    for id, topic in knowledge.topics.items():
        reply = composer(knowledge, language).topic(id, Places())
        assert topic.sources[0].name in reply.text
        assert topic.reviewed_on.isoformat() in reply.text
        assert 1 <= len(reply.choices) <= 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_fits_two_segments_with_its_source(knowledge, language):
    for id, topic in knowledge.topics.items():
        own_part = composer(knowledge, language, sms=True).topic(id, Places()).text.split("\n\n")[0]
        assert topic.sources[0].short in own_part
        assert segments(fold(own_part)) <= 2


def test_an_unknown_country_is_asked_for_and_a_known_one_woven_in(knowledge):
    asked = composer(knowledge).topic("recruitment_fees", Places())
    assert "Which country" in asked.text
    having = [c for c in knowledge.countries.values() if any(f.kind.value == "fee_cap" for f in c.facts)]
    assert having, "no country has a fee cap"
    for country in having:
        told = composer(knowledge).topic(
            "recruitment_fees", Places(origin=country.country, destination=country.country)
        )
        assert "Which country" not in told.text
        assert next(f for f in country.facts if f.kind.value == "fee_cap").text["en"] in told.text


def test_stale_facts_say_so(knowledge):
    late = composer(knowledge, today=dt.date(2030, 1, 1)).topic("recruitment_fees", Places())
    assert "may be out of date" in late.text


def test_a_payload_is_what_rasa_reads_as_an_intent_with_entities():
    assert payload("inform_country", country="KE") == '/inform_country{"country": "KE"}'


def test_a_country_named_in_another_role_still_gives_what_is_known_of_it(knowledge):
    asked_in = composer(knowledge).topic("recruitment_fees", Places(destination="UG"))
    assert "Uganda:" in asked_in.text


def test_a_country_without_such_a_fact_is_not_asked_for_again_but_its_office_is_named(knowledge):
    facts = knowledge.countries["KE"].facts
    assert not any(fact.kind.value == "fee_cap" for fact in facts), "take another country without a fee limit"
    told = composer(knowledge).topic("recruitment_fees", Places(destination="KE")).text
    assert "Which country" not in told
    assert "For Kenya I have nothing more on this" in told
    assert "National Employment Authority" in told
    assert told.endswith(composer(knowledge).facts("recruitment_fees", "KE").text)
    both = composer(knowledge).topic("recruitment_fees", Places(origin="KE", destination="OM")).text
    assert "For Kenya" in both  # what an agency may take is the law of home
