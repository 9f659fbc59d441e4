"""Every reply as it is really sent by SMS: with source, facts and choices, in pages of two segments."""

import datetime as dt

import pytest

from bot.channels.rendering import numbered, pages
from bot.knowledge.answers import Composer, Places
from bot.knowledge.danger_cues import HELP
from bot.knowledge.emergency_replies import emergency
from bot.knowledge.reading import load
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.segments import fold, segments
from bot.registry.replies import REPORT_CHOICES, report_question
from bot.settings import ROOT

KNOWLEDGE = load(ROOT / "content")
TODAY = dt.date(2026, 11, 25)
LONG_AFTER = dt.date(2031, 1, 1)
"""A day on which everything is out of date, so that each answer says so."""
MOST_PAGES = 5


def composer(language, today=TODAY):
    return Composer(KNOWLEDGE, language, sms=True, today=today)


def sent(reply, language):
    """All messages that a person gets who asks for MORE until there is no more."""
    labels = KNOWLEDGE.label("reply_more", language), KNOWLEDGE.label("more_choices", language)
    found = []
    waiting = [reply]
    while waiting:
        for page in pages(waiting.pop(), "sms", *labels):
            found.append(page)
            if page.rest:
                assert labels[0] in page.text, "who does not know of MORE never reads on"
                waiting.append(page.rest)
        assert len(found) <= MOST_PAGES, reply.text
    return found


def is_paged(reply, language):
    found = sent(reply, language)
    for page in found:
        assert segments(fold(numbered(page))) <= 2, numbered(page)
    assert [choice for page in found for choice in page.choices] == list(reply.choices)
    return found


CODES = sorted(KNOWLEDGE.countries)
NOWHERE = Places()
PAIRS = [Places(code, CODES[(n * 7 + 3) % len(CODES)]) for n, code in enumerate(CODES)]
PLACES = [NOWHERE, *(Places(code) for code in CODES), *(Places(None, code) for code in CODES), *PAIRS]


@pytest.mark.parametrize("language", KNOWLEDGE.languages)
@pytest.mark.parametrize(("today", "named"), [(TODAY, PAIRS), (LONG_AFTER, PAIRS[::7])], ids=["today", "long after"])
def test_every_topic_in_every_country_goes_out_in_pages_of_two_segments(language, today, named):
    composed = composer(language, today)
    for topic in KNOWLEDGE.topics.values():
        for where in (NOWHERE, *named) if topic.facts else [NOWHERE]:
            reply = composed.topic(topic.id, where)
            first = is_paged(reply, language)[0]
            assert first.text.startswith(reply.text[:60]), "the answer itself comes first"


@pytest.mark.parametrize("language", KNOWLEDGE.languages)
def test_menus_responses_and_questions_go_out_in_pages_of_two_segments(language):
    composed = composer(language)
    replies = [composed.menu(menu) for menu in KNOWLEDGE.menus]
    replies += [composed.risk_question(question.id) for question in KNOWLEDGE.risk_questions]
    replies += [report_question(composed, slot) for slot in (*REPORT_CHOICES, "report_confirm")]
    replies.append(report_question(composed, "report_money", happened="took 35000 ksh"))
    kinds = {topic.facts: topic.id for topic in KNOWLEDGE.topics.values() if topic.facts}
    replies += [composed.facts(topic, code) for topic in kinds.values() for code in CODES]
    for id, response in KNOWLEDGE.responses.items():
        if "{" not in response.languages[language].text:
            replies += [composed.response(id, where) for where in ((NOWHERE, *PAIRS) if response.facts else [NOWHERE])]
    for reply in replies:
        is_paged(reply, language)


@pytest.mark.parametrize("language", KNOWLEDGE.languages)
@pytest.mark.parametrize("today", [TODAY, LONG_AFTER])
@pytest.mark.parametrize("unheard", [False, True])
@pytest.mark.parametrize("help", HELP)
def test_in_an_emergency_the_number_and_what_to_do_are_in_the_first_message(language, today, help, unheard):
    composed = composer(language, today)
    for where in PLACES:
        reply = emergency(composed, where, help, unheard=unheard)
        found = is_paged(reply, language)
        assert all(page.rest is None for page in found), "nobody in danger must ask for more"
        first = found[0].text
        assert KNOWLEDGE.responses[help].languages[language].sms in first
        country = KNOWLEDGE.countries.get(where.destination or "")
        for kind in KNOWLEDGE.responses[help].facts:
            facts = [fact for fact in country.facts if fact.kind is kind][:1] if country else []
            assert all(fact.phone in first for fact in facts)


def test_choices_that_have_no_room_follow_after_more():
    reply = Reply("x" * 250, tuple(Choice(f"choice number {n}", f"/c{n}") for n in range(6)), "some")
    first, second = is_paged(reply, "en")
    assert len(first.choices) == 1
    assert second.text == "More choices:"
    assert len(second.choices) == 5
