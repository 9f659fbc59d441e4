"""Erasing what is stored of a person: asked for in words, confirmed at once or not at all."""

import pytest
from test_dialogue import LANGUAGES, Talk

from bot.knowledge.reply import Choice


@pytest.fixture
def talk(assistant):
    return Talk(assistant)


async def test_erasing_asks_first(talk):
    await talk.say("hello")
    await talk.say("erase my data")
    assert talk.said == ["utter_erase_confirm"]
    assert not talk.turn.erase
    await talk.say("1")
    assert talk.turn.erase


async def test_the_question_whether_to_erase_ends_a_form(talk):
    await talk.say("hello")
    talk.choices = (Choice("", "/risk_check"),)
    await talk.say("1")
    talk.choices = (Choice("", "/erase_my_data"),)
    await talk.say("1")
    await talk.say("1")
    assert talk.said == ["utter_erased"]


ERASE = {
    "en": ("erase my data", "yes", "don't erase my data"),
    "fr": ("efface mes données", "oui", "n'effacez pas mes données"),
    "pt": ("apagar meus dados", "sim", "não apague os meus dados"),
    "sw": ("futa data zangu", "ndiyo", "usifute data zangu"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_typed_yes_erases_when_that_was_just_asked(talk, language):
    wish, yes, _ = ERASE[language]
    await talk.say(wish)
    await talk.say(yes)
    assert talk.said == ["utter_erased"]
    assert talk.turn.erase


@pytest.mark.parametrize("between", ["hello", "thanks", "how much can an agent charge me?"])
async def test_a_yes_some_turns_later_erases_nothing(talk, between):
    await talk.say("erase my data")
    await talk.say(between)
    await talk.say("yes")
    assert not talk.turn.erase


async def test_a_yes_that_waits_erases_nothing(talk):
    await talk.say("erase my data")
    await talk.say("ok wait")
    assert talk.said == ["utter_not_erased"]
    assert not talk.turn.erase


@pytest.mark.parametrize("language", LANGUAGES)
async def test_not_to_erase_is_understood(talk, language):
    await talk.say(ERASE[language][2])
    assert "utter_not_erased" in talk.said
    await talk.say(ERASE[language][1])
    assert not talk.turn.erase


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_typed_no_is_told_that_nothing_is_erased(talk, language):
    no = {"en": "no", "fr": "non", "pt": "não", "sw": "hapana"}[language]
    await talk.say(ERASE[language][0])
    await talk.say(no)
    assert talk.said == ["utter_not_erased"]
    await talk.say(no)
    assert talk.said == ["utter_deny"]
