"""What follows a call for help: the help that is needed, the country, and the end of the danger."""

import json

import pytest
from test_dialogue import EMERGENCIES, FEES, LANGUAGES, Talk

from bot.engine.reading import Before, read
from bot.knowledge.danger_cues import DANGER, LIFE, LIFE_OF_SOMEBODY_ELSE, SOMEBODY_ELSE

WISH_TO_DIE = {"en": "I want to kill myself", "fr": "je veux mourir", "pt": "quero morrer", "sw": "nataka kufa"}
SAFE = {"en": "I am safe now", "fr": "je suis en sécurité", "pt": "já estou a salvo", "sw": "siko hatarini"}


@pytest.fixture
def talk(assistant):
    return Talk(assistant)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_wants_to_die_gets_words_for_that_and_then_the_crisis_line(talk, language):
    await talk.say(WISH_TO_DIE[language])
    assert talk.said[0] == LIFE
    assert "0800 567 567" in await talk.say("South Africa")


async def test_who_writes_for_somebody_else_is_not_told_to_flee(talk):
    text = await talk.say("my sister in South Africa wants to kill herself")
    assert talk.said[0] == LIFE_OF_SOMEBODY_ELSE
    assert "0800 567 567" in text
    assert "go to someone you trust" not in text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_danger_ends_when_the_person_says_so(talk, language):
    await talk.say(EMERGENCIES[language])
    await talk.say(SAFE[language])
    assert talk.said == ["utter_safe_now"]
    await talk.say("Kuwait")
    assert "facts_emergency" not in talk.said


async def test_what_is_not_understood_after_help_brings_the_number_but_not_the_same_text(talk):
    first = await talk.say(EMERGENCIES["en"] + ", I am in Kuwait")
    assert "Do not fight for your passport" in first
    again = await talk.say("blorp zzz qqq")
    assert talk.said == [DANGER]
    assert "112" in again
    assert "Do not fight for your passport" not in again
    assert talk.choices[1].payload == "/safe_now"


@pytest.mark.parametrize("text", ["I am 22", "im back", "niko hapa", "j'ai 22 ans", "nina miaka 22"])
async def test_who_only_says_who_they_are_is_welcomed(talk, text):
    await talk.say(text)
    assert "utter_welcome" in talk.said
    assert DANGER not in talk.said


async def test_a_childs_age_is_no_introduction(talk):
    await talk.say("I am 15 years old")
    assert "utter_welcome" not in talk.said


async def test_a_town_that_somebody_is_in_is_noted_and_no_danger(talk):
    await talk.say("I am in Abu Dhabi")
    assert "utter_country_noted" in talk.said


async def test_in_danger_an_age_does_not_lead_away(assistant):
    (asked,) = await read("I am 22", Before({"about": DANGER}), assistant._knowledge, assistant._parse)
    assert asked.text == "/emergency"


@pytest.mark.parametrize(
    ("call", "correction"),
    [("mon patron me frappe", "c'est pas moi c'est ma fille"), ("my boss beats me", "it is not me, it is my sister")],
)
async def test_it_is_not_me_brings_the_help_for_somebody_else(talk, call, correction):
    await talk.say(call)
    assert talk.said[0] == DANGER
    await talk.say(correction)
    assert talk.said == [SOMEBODY_ELSE]


async def test_where_the_writer_is_says_nothing_of_where_the_other_is(talk):
    await talk.say("my daughter is locked in a house in Kuwait, please help her")
    text = await talk.say("I am in Kenya")
    assert "112" in text
    assert json.loads(talk.state)["slots"]["destination"] == "KW"


@pytest.mark.parametrize(
    "name", ["she is called Mercy", "elle s'appelle Mariam", "ela chama-se Marta", "anaitwa Neema"]
)
async def test_a_name_told_in_danger_leads_to_no_menu(talk, name):
    await talk.say("my sister is locked in a house in Kuwait, please help her")
    await talk.say(name)
    assert talk.said == [SOMEBODY_ELSE]


async def test_je_suis_au_tells_where_somebody_is(talk):
    await talk.say("mon patron me frappe")
    assert "112" in await talk.say("je suis au Koweït")


async def test_who_is_not_in_danger_any_more_is_answered_in_their_language(talk):
    text = await talk.say("je ne suis plus en danger")
    assert "utter_safe_now" in talk.said
    assert "bon à savoir" in text


async def test_a_person_asked_for_in_danger_is_no_office_for_complaints(talk):
    await talk.say("I want to kill myself")
    await talk.say("I am in Dubai")
    text = await talk.say("talk to a person")
    assert "utter_talk_to_person" in talk.said
    assert "999" in text
    assert "MOHRE" not in text
    await talk.say("blorp zzz")
    assert talk.said == [LIFE]


async def test_in_an_emergency_the_country_named_next_gives_its_number(talk):
    await talk.say(EMERGENCIES["en"])
    text = await talk.say("South Africa")
    assert "0800 222 777" in text


@pytest.mark.parametrize(
    ("where", "whence"),
    [
        ("je suis enfermée à Beyrouth", "je suis camerounaise"),
        ("estou trancada em casa do patrão no Líbano", "sou de Angola"),
        ("I am locked in by my boss in Lebanon", "I am Kenyan"),
        ("bosi amenifungia ndani huku Lebanon", "mimi ni Mkenya"),
    ],
)
async def test_in_danger_the_numbers_stay_those_of_where_the_person_is(talk, where, whence):
    await talk.say(where)
    assert "112" in await talk.say(whence)
    assert talk.said == ["utter_emergency"]


async def test_the_portuguese_no_tells_a_place(talk):
    assert "999" in await talk.say("estou presa numa casa no Dubai")


async def test_of_two_countries_the_one_where_somebody_is_counts(talk):
    assert "Omã" in await talk.say("Sou moçambicana, estou em Omã")


async def test_a_cry_at_the_end_of_a_long_story_is_heard(talk):
    await talk.say("I came here to work for a family last year. " * 80 + "they locked me in and beat me help")
    assert "utter_emergency" in talk.said


HELD = {
    "en": ("they hold my brother in a house and want money", "should we pay?"),
    "fr": ("mon frère est retenu en Birmanie, ils demandent une rançon", "est-ce qu'on doit payer ?"),
    "pt": ("o meu irmão está preso num centro de burlas, pedem resgate", "devo pagar?"),
    "sw": ("wamemteka kaka yangu wanataka pesa", "tulipe?"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whether_to_pay_for_who_is_held_is_no_question_about_wages(talk, language):
    call, question = HELD[language]
    await talk.say(call)
    assert talk.said[0] == SOMEBODY_ELSE
    await talk.say(question)
    assert talk.said == ["utter_pay_to_free"]
    await talk.say("Qatar")
    assert talk.said == ["facts_emergency"], "the danger is not over"


async def test_whether_to_pay_is_about_the_topic_before(talk):
    await talk.say("scam compounds")
    await talk.say("should we pay?")
    assert talk.said == ["utter_pay_to_free"]
    await talk.say(FEES["en"][0])
    await talk.say("should i pay?")
    assert talk.said == ["pay_upfront"]


UNHEARD = {
    "en": "I can't call, they will hear me", "fr": "je ne peux pas appeler, ils vont m'entendre",
    "pt": "não posso ligar, vão ouvir", "sw": "siwezi kupiga simu, watanisikia",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_cannot_call_is_told_to_write(talk, language):
    await talk.say(EMERGENCIES[language])
    await talk.say(UNHEARD[language])
    assert talk.said == ["utter_cannot_call"]
    assert talk.turn.language == language


TO_LEAVE = {
    "en": "he says I must pay 2000 to leave", "fr": "il veut 2000 euros pour me laisser partir",
    "pt": "tenho de pagar 500 para sair daqui", "sw": "wanataka nilipe elfu mbili ili niondoke",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_is_to_pay_for_leaving_is_told_that_nobody_may_hold_them(talk, language):
    await talk.say(EMERGENCIES[language])
    text = await talk.say(TO_LEAVE[language])
    assert talk.said == ["utter_pay_to_leave"]
    assert "ILO" in text or "OIT" in text
    await talk.say("Qatar")
    assert talk.said == ["facts_emergency"], "the danger is not over"


async def test_a_country_told_with_a_ransom_is_kept(talk):
    await talk.say(HELD["en"][0])
    await talk.say("he is in South Africa, they want money")
    assert talk.said == ["utter_pay_to_free"]
    assert "10111" in await talk.say("blorp zzz qqq")


async def test_a_wish_to_die_told_by_who_cannot_call_gets_its_help(talk):
    await talk.say(EMERGENCIES["en"])
    await talk.say("I can't call, I want to kill myself")
    assert talk.said == [LIFE]


async def test_a_call_of_who_is_watched_gets_both_and_one_for_somebody_else_does_not(talk, assistant):
    text = await talk.say("I am in a scam center and they watch my phone, how can I get help without them seeing")
    assert talk.said[0] == DANGER
    assert "Then write, do not call." in text
    assert any("inform_country" in choice.payload for choice in talk.choices)
    other = Talk(assistant)
    text = await other.say("my sister is locked in, she can't talk, they will hear her")
    assert other.said[0] == SOMEBODY_ELSE
    assert "Then write, do not call." not in text


async def test_violence_told_after_a_wish_to_die_gets_its_own_words_and_the_crisis_line_stays(talk):
    await talk.say(WISH_TO_DIE["en"])
    await talk.say("South Africa")
    text = await talk.say("my boss beats me every day")
    assert talk.said == [LIFE]
    assert "You did nothing wrong" in text
    assert "0800 567 567" in text
    assert "0800 567 567" in await talk.say("blorp zzz qqq")


async def test_a_cry_after_a_wish_to_die_stays_with_that_help(talk):
    await talk.say(WISH_TO_DIE["en"])
    await talk.say("please help me")
    assert talk.said == [LIFE]


async def test_danger_told_beside_a_wish_to_report_comes_first(talk):
    await talk.say("I want to report an agent but I am in danger now")
    assert talk.said[0] == DANGER


@pytest.mark.parametrize("text", ["il est parti", "ele ligou", "he came back", "amenipigia simu jana"])
async def test_what_somebody_else_did_is_no_call(talk, text):
    await talk.say(text)
    assert DANGER not in talk.said
    assert SOMEBODY_ELSE not in talk.said


@pytest.mark.parametrize("more", ["MORE", "suite", "mais", "zaidi"])
async def test_more_where_nothing_is_left_is_no_town(talk, more):
    await talk.say(EMERGENCIES["en"] + ", I am in Kuwait")
    assert "112" in await talk.say(more)
    assert talk.said == [DANGER]


HINDERED = {"en": "I have no credit to call", "fr": "j'ai plus de crédit", "pt": "não tenho saldo", "sw": "sina salio"}
THANKS = {"en": "thank you", "fr": "merci", "pt": "obrigada", "sw": "asante"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_thanks_or_a_hindrance_in_danger_keep_the_number_in_sight(talk, language):
    await talk.say(EMERGENCIES[language] + ", Kuwait")
    for text in (THANKS[language], HINDERED[language]):
        assert "112" in await talk.say(text)
        assert talk.said == [DANGER]
    await talk.say(SAFE[language])
    await talk.say(THANKS[language])
    assert talk.said == ["utter_thank"]


@pytest.mark.parametrize("text", ["i ran away", "not safe", "am i safe now?", "police came and took me"])
async def test_an_escape_or_an_arrest_is_not_the_end_of_the_danger(talk, text):
    await talk.say(EMERGENCIES["en"])
    await talk.say(text)
    assert not {"utter_safe_now", "risk_office"} & set(talk.said)


@pytest.mark.parametrize("text", ["he is back", "il est revenu", "amerudi"])
async def test_who_comes_back_is_danger_again(talk, text):
    await talk.say("he beats me, I am in Kuwait")
    await talk.say("I am safe now")
    assert "112" in await talk.say(text)


async def test_help_is_looked_for_where_the_other_one_is(talk):
    text = await talk.say("my daughter in Kuwait says they are beating her, we are in Kenya")
    assert talk.said[0] == SOMEBODY_ELSE
    assert text.startswith("Kuwait")
    text = await talk.say("I am in Kenya, my sister in Kuwait is being beaten")
    assert "0800 722 203" not in text


@pytest.mark.parametrize(
    "text",
    ["thank you so much I am safe now", "je suis en sécurité maintenant merci beaucoup"],
)
async def test_thanks_that_tell_of_safety_end_the_danger(talk, text):
    await talk.say(EMERGENCIES["en"])
    await talk.say(text)
    assert talk.said == ["utter_safe_now"]


async def test_a_topic_beside_thanks_is_answered_in_danger_too(talk):
    await talk.say("they locked me in, I am in Qatar")
    await talk.say("thank you, where is the embassy of Kenya in Qatar?")
    assert "contact_embassy" in talk.said
