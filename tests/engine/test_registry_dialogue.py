"""Looking up a recruiter, as a person would: in four languages, by digits, interrupted."""

import json

import pytest
from test_dialogue import EMERGENCIES

from bot.registry.filing import FiledWatch
from tests.engine.conftest import pick

LANGUAGES = ("en", "fr", "pt", "sw")
HELLO = {"en": "hello, good morning", "fr": "bonjour à vous", "pt": "olá, bom dia", "sw": "habari za asubuhi"}
DANGER = {"en": "DANGER", "fr": "DANGER", "pt": "PERIGO", "sw": "HATARI"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_name_asked_for_is_taken_whole_and_looked_up(talk, language):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/check_recruiter")
    await talk.say("1")
    assert talk.said == ["utter_ask_recruiter"]
    text = await talk.say("Sahara Recruitment Agency Limited")
    assert talk.said == ["utter_registry_struck"]
    assert DANGER[language] in text
    assert "2021-06-28" in text
    assert "2020-06-30" in text
    assert '"form": null' in talk.state


async def test_a_name_in_the_first_message_is_looked_up_at_once(talk):
    await talk.say("hello")
    text = await talk.say("is Eastland Network licensed?")
    assert talk.said == ["utter_registry_stale"]
    assert "0540" in text
    assert "2023-04-07" in text


async def test_a_misspelt_name_is_settled_by_a_digit(talk):
    await talk.say("hello")
    await talk.say("is Eastlnd Netwrk licensed?")
    assert talk.said == ["utter_registry_imitation"]
    await talk.say("1")
    assert talk.said == ["utter_registry_stale"]


async def test_namesakes_are_a_numbered_choice(talk):
    await talk.say("hello")
    await talk.say("check Gulf Associate for me")
    assert talk.said == ["utter_registry_ambiguous"]
    assert "0251" in talk.choices[1].title
    assert "(0251)" in await talk.say("2")


async def test_a_country_named_next_narrows_the_look_up(talk):
    await talk.say("hello")
    await talk.say("is Zqwx Plorf Manpower licensed?")
    assert talk.said == ["utter_registry_not_found"]
    text = await talk.say("Uganda")
    assert talk.said == ["utter_registry_not_found"]
    assert "Ministry of Gender" in text


async def test_a_country_named_after_a_choice_brings_what_is_known_of_it(talk):
    await talk.say("hello")
    await talk.say("check Gulf Associate for me")
    await talk.say("2")
    text = await talk.say("Uganda")
    assert talk.said == ["facts_utter_check_recruiter"]
    assert "Ministry of Gender" in text


async def test_a_country_that_has_no_list_does_not_hide_the_listed_name(talk):
    await talk.say("hello")
    pick(talk, '/check_recruiter{"recruiter": "Eastland Network", "country": "QA"}')
    assert "0540" in await talk.say("1")


STRUCK = [
    "can i trust Talent Gateway Ltd?", "naweza kuamini Talent Gateway Ltd?", "Kalezon Limited", "Tangofox Ltd in Kenya",
    "Skill Dove Ltd Qatar", "I paid Skill Dove Ltd 500 dollars", "my agent is Mastermind Ventures",
    "Sahara Recruitment Agency Limited wananipeleka Oman",
]  # fmt: skip


@pytest.mark.parametrize("in_form", [True, False])
@pytest.mark.parametrize("text", STRUCK)
async def test_a_struck_off_name_in_any_words_is_a_warning(talk, text, in_form):
    await talk.say("hello")
    if in_form:
        pick(talk, "/check_recruiter")
        await talk.say("1")
    await talk.say(text)
    assert talk.said == ["utter_registry_struck"]


async def test_a_report_of_a_struck_off_recruiter_stays_a_report(talk):
    await talk.say("hello")
    await talk.say("I want to report Skill Dove Ltd, they took my money")
    assert talk.said[-1].startswith("utter_ask_report")


@pytest.mark.parametrize("in_form", [True, False])
async def test_a_listed_name_alone_is_no_emergency_but_a_call_for_help_is(talk, in_form):
    await talk.say("hello")
    if in_form:
        pick(talk, "/check_recruiter")
        await talk.say("1")
    await talk.say("The Gideon's Men")
    assert talk.said == ["utter_registry_stale"]
    await talk.say("Skill Dove Ltd locked me in a room and took my passport help me")
    assert talk.said == ["utter_emergency"]


async def test_the_look_up_can_be_left(talk):
    await talk.say("hello")
    pick(talk, "/check_recruiter")
    await talk.say("1")
    await talk.say("stop")
    assert '"form": null' in talk.state


@pytest.mark.parametrize("form", ["check_recruiter", "report_recruiter"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_emergency_wins_over_the_open_form(talk, form, language):
    await talk.say("hello")
    pick(talk, f"/{form}")
    await talk.say("1")
    await talk.say(EMERGENCIES[language])
    assert talk.said == ["utter_emergency"]
    assert '"form": null' in talk.state
    assert talk.turn.language == language


NOT_A_RECRUITER = [
    ("en", "how much can an agent charge me?", "recruitment_fees"),
    ("en", "thanks", "utter_thank"),
    ("en", "talk to a person", "utter_talk_to_person"),
    ("en", "I dont know the name", "utter_recruiter_unknown"),
    ("en", "no", "utter_deny"),
    ("en", "who won the football match yesterday?", "utter_out_of_scope"),
    ("fr", "je ne connais pas le nom", "utter_recruiter_unknown"),
    ("fr", "merci", "utter_thank"),
    ("pt", "quero falar com uma pessoa", "utter_talk_to_person"),
    ("sw", "sijui jina lake", "utter_recruiter_unknown"),
    ("sw", "asante", "utter_thank"),
]


@pytest.mark.parametrize(("language", "text", "said"), NOT_A_RECRUITER, ids=[row[1] for row in NOT_A_RECRUITER])
async def test_what_is_no_name_is_not_looked_up_and_ends_the_question(talk, language, text, said):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/check_recruiter")
    await talk.say("1")
    await talk.say(text)
    assert said in talk.said
    assert '"form": null' in talk.state


@pytest.mark.parametrize("text", ["yes", "Uganda"])
async def test_what_says_nothing_yet_is_asked_again(talk, text):
    await talk.say("hello")
    pick(talk, "/check_recruiter")
    await talk.say("1")
    await talk.say(text)
    assert talk.said == ["utter_ask_recruiter"]
    await talk.say("Eastland Network")
    assert talk.said == ["utter_registry_stale"]


@pytest.mark.parametrize(
    "text",
    [
        "Eastland Network good", "Eastland Network legit or scam", "Eastland Network est fiable ?", "Eastland Network",
        "a Eastland Network é de confiança?", "Eastland Network ni halali au matapeli?",
    ],
)  # fmt: skip
async def test_a_listed_name_in_full_is_a_look_up_whatever_stands_beside_it(talk, text):
    await talk.say("hello")
    await talk.say(text)
    assert talk.said == ["utter_registry_stale"]


async def test_two_firms_are_looked_up_one_by_one(talk):
    await talk.say("hello")
    await talk.say("is Gulf Associate or Eastland Network licensed?")
    assert talk.said == ["utter_registry_several"]
    assert "0540" in await talk.say("2")


async def test_of_two_firms_the_struck_off_one_is_told_at_once_and_the_other_offered(talk):
    await talk.say("hello")
    assert "DANGER: Skill Dove" in await talk.say("is Skill Dove and Eastland Network licensed?")
    assert "0540" in await talk.say("1")


@pytest.mark.parametrize("text", ["Eastlnd Network", "0540", "RL 0540"])
async def test_a_name_or_number_alone_is_a_look_up_though_nobody_was_asked_for_one(talk, text):
    await talk.say("hello")
    assert "Eastland Network" in await talk.say(text)


async def test_a_digit_that_no_choice_has_is_no_licence_number(talk):
    await talk.say("hello")
    pick(talk, "/check_recruiter")
    await talk.say("1")
    talk.choices = ()
    await talk.say("44")
    assert talk.said == ["utter_ask_recruiter"]


FIRST = [
    ("fr", "L'agence Middle East Consultants est sérieuse ?"), ("fr", "vérifier Eastland Network"),
    ("pt", "Agência Middle East Consultants é boa?"), ("pt", "Eastland Network é legal?"),
    ("sw", "Eastland Network ni halali?"), ("sw", "hakiki Middle East Consultants"),
    ("en", "is Eastland Network legit?"), ("en", "Eastland Network"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), FIRST, ids=[row[1] for row in FIRST])
async def test_a_first_message_is_answered_in_its_language_though_the_name_is_english(talk, language, text):
    await talk.say(text)
    assert talk.said[-1].startswith("utter_registry_")
    assert talk.turn.language in ((language, None) if language == "en" else (language,))


WATCH = {
    "en": "tell me if their licence changes", "fr": "prévenez-moi si leur agrément change",
    "pt": "avise-me se a licença deles mudar", "sw": "niambie kama leseni yao ikibadilika",
}  # fmt: skip
UNWATCH = {
    "en": "do not tell me any more",
    "fr": "ne me prévenez plus",
    "pt": "não me avise mais",
    "sw": "usiniarifu tena",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_watch_is_begun_and_all_are_ended_in_words(talk, language):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    await talk.say("Skill Dove Ltd")
    await talk.say(WATCH[language])
    assert talk.said == ["utter_watch_on"]
    assert "Skill Dove" in talk.turn.replies[0].text
    begun = talk.turn.filed[0]
    assert begun.on
    await talk.say(UNWATCH[language])
    assert talk.said == ["utter_watch_off"]
    assert talk.turn.filed == (FiledWatch(None, on=False),)


async def test_a_watch_is_ended_by_the_words_of_its_button(talk):
    await talk.say("is Skill Dove licensed?")
    await talk.say("1")
    await talk.say("do not tell me")
    assert not talk.turn.filed[0].on
    assert talk.turn.filed[0].entry_id


async def test_a_watch_of_nobody_asks_whom_and_one_of_namesakes_which(talk):
    await talk.say("hello")
    await talk.say(WATCH["en"])
    assert talk.said == ["utter_ask_recruiter"]
    await talk.say("check Gulf Associate for me")
    await talk.say(WATCH["en"])
    assert talk.said == ["utter_registry_ambiguous"]
    assert talk.turn.filed == ()


async def test_a_country_named_hides_no_strike_off(talk):
    await talk.say("hello")
    assert "DANGER: Geoverah" in await talk.say("is Geoverah Agency from Uganda licensed?")


async def test_a_watch_is_of_the_firm_that_is_named_and_says_how_far_the_list_may_be_relied_on(talk):
    await talk.say("I am from Kenya")
    await talk.say("is Skill Dove licensed?")
    talk.choices = ()
    text = await talk.say("tell me if Eastland Network licence changes")
    assert talk.said == ["utter_watch_on"]
    assert "Eastland Network, licensed, old list (BMET Bangladesh" in text
    assert "not in Kenya" in text


async def test_no_longer_being_told_of_a_named_firm_ends_that_watch_alone(talk):
    await talk.say("hello")
    await talk.say("stop telling me about Skill Dove Ltd")
    assert talk.said == ["utter_watch_off"]
    assert talk.turn.filed[0].entry_id


OF_OTHERS = ["please do not tell my employer", "do not tell my boss", "não avise o meu patrão", "usimwambie bosi wangu"]


@pytest.mark.parametrize("text", OF_OTHERS)
async def test_who_asks_not_to_tell_others_goes_on_being_told(talk, text):
    await talk.say("hello")
    await talk.say(text)
    assert "utter_watch_off" not in talk.said
    assert talk.turn.filed == ()
