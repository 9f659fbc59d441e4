"""Orientation by chat, as a person would take it: by digits, in words, with breaks, on a feature phone."""

import json

import pytest
from test_dialogue import EMERGENCIES, FEES, LANGUAGES, Talk

from bot.channels.rendering import Channel, render
from bot.knowledge.reply import Choice

COURSES = ("before_you_decide", "before_you_leave")
SMALL_CONTENT = "course_before_you_leave"


def start(talk, course="before_you_leave"):
    talk.choices = (type("C", (), {"payload": f'/course{{"course": "{course}"}}', "title": ""}),)
    return talk.say("1")


def titles(talk):
    return [choice.title for choice in talk.choices]


@pytest.fixture
async def talk(assistant):
    talk = Talk(assistant)
    talk.state = json.dumps({"slots": {"language": "en"}, "form": None})
    return talk


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("course", COURSES)
async def test_a_course_runs_on_digits_by_sms_in_two_segments_a_step(assistant, course, language):
    talk = Talk(assistant, "sms")
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    text = await start(talk, course)
    for number in range(1, 8):
        assert f"\n{number}/7 " in f"\n{text}"
        assert all(render(reply, Channel.SMS).segments <= 2 for reply in talk.turn.replies)
        text = await talk.say("1")
    assert talk.said[-1] == f"course_done_{course}"
    assert "course_places" not in talk.state
    assert len(talk.state) < 500


async def test_each_answer_is_met_with_its_own_words_and_the_next_step(talk):
    await start(talk)
    text = await talk.say("1")
    assert talk.said == ["course_other_contract", SMALL_CONTENT]
    assert "it is a warning" in text
    assert "2/7" in text
    await talk.say("1")
    assert talk.said == ["course_right_copies", SMALL_CONTENT]


async def test_an_option_may_be_written_instead_of_picked(talk):
    await start(talk)
    await talk.say("a warning")
    assert talk.said == ["course_right_contract", SMALL_CONTENT]
    await talk.say("B")
    assert talk.said == ["course_other_copies", SMALL_CONTENT]


@pytest.mark.parametrize("between", [FEES["en"][0], "thank you", "qwzx plorf gnnn", "Kenya"])
async def test_a_question_in_between_is_answered_and_the_course_offered_again(talk, between):
    await start(talk)
    await talk.say("1")
    await talk.say(between)
    assert titles(talk)[-1] == "Go on: 2/7"
    text = await talk.say(str(len(talk.choices)))
    assert "2/7" in text
    assert titles(talk)[-1] == "Start again"


async def test_after_an_emergency_the_help_stands_alone_and_the_course_waits(talk):
    await start(talk)
    await talk.say("1")
    await talk.say(EMERGENCIES["en"])
    assert talk.said == ["utter_emergency"]
    assert "Go on: 2/7" not in titles(talk)
    await talk.say("I am safe now")
    await talk.say("thank you")
    assert titles(talk)[-1] == "Go on: 2/7"


async def test_who_leaves_by_the_menu_goes_on_where_they_were_a_week_later(talk):
    await start(talk)
    await talk.say("1")
    await talk.say("menu")
    await talk.say(FEES["en"][0])
    assert "Go on: 2/7" not in titles(talk), "left is left"
    await talk.say("menu")
    assert titles(talk)[-1] == "Go on: 2/7"
    kept = talk.state
    later = Talk(talk.assistant)
    later.state = kept
    assert "2/7" in await start(later)


async def test_stop_leaves_the_course_and_it_can_begin_again(talk):
    await start(talk)
    await talk.say("1")
    await talk.say("stop")
    assert talk.said == ["utter_course_stopped"]
    assert titles(talk)[:2] == ["Go on: 2/7", "Start again"]
    text = await talk.say("2")
    assert "1/7" in text
    await talk.say("stop")
    await talk.say("stop")
    assert talk.said == ["utter_goodbye"]


async def test_a_course_in_the_middle_of_a_form_ends_the_form(talk):
    talk.choices = (Choice("", "/risk_check"),)
    await talk.say("1")
    await start(talk)
    assert talk.said == ["utter_course_intro", SMALL_CONTENT]
    await talk.say("2")
    assert talk.said == ["course_right_contract", SMALL_CONTENT]


@pytest.mark.parametrize(
    "payload",
    [
        "/course",
        '/course{"course": "none"}',
        '/course{"course": "before_you_leave", "step": "99", "answer": "1"}',
        '/course{"course": "before_you_leave", "step": "x", "answer": "9"}',
        '/course{"course": "before_you_leave", "step": "0", "answer": "0"}',
    ],
)
async def test_a_choice_that_content_has_outgrown_still_gets_a_reply(talk, payload):
    talk.choices = (Choice("", payload),)
    await talk.say("1")
    assert talk.turn.replies
    assert "utter_error" not in talk.said


async def test_the_menus_lead_to_both_courses(talk, content_dir):
    for menu, course in zip(("deciding", "prepare"), COURSES, strict=True):
        talk.choices = (type("C", (), {"payload": f'/menu{{"menu": "{menu}"}}', "title": ""}),)
        await talk.say("1")
        await talk.say("1")
        assert f"course_{course}" in talk.said
