"""What is told in a report before, beside or after its question: kept, offered, and asked no second time."""

import json

import pytest

from bot.safety.encryption import AddressVault
from tests.engine.conftest import pick, report


def slots(talk):
    return json.loads(talk.state)["slots"]


EARLY = [
    ("en", "Musa Wangari", "report_who"), ("en", "0712 345678", "report_who"), ("fr", "Agence Baobab", "report_who"),
    ("pt", "Sr. Abdul", "report_who"), ("en", "in Nairobi at Moi Avenue", "report_where"),
    ("pt", "Nampula", "report_where"),
    ("fr", "200 000 FCFA", "report_money"), ("sw", "nilitoa laki mbili", "report_money"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "slot"), EARLY, ids=[row[1] for row in EARLY])
async def test_an_answer_given_early_is_kept_for_its_question_which_is_not_asked_any_more(talk, language, text, slot):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/report_recruiter")
    await talk.say("1")
    await talk.say(text)
    assert talk.said == ["utter_report_noted", "utter_ask_report_what"]
    assert slots(talk)[slot] == text
    asked = []
    for digit in ("1", "1", "1"):
        await talk.say(digit)
        asked += talk.said
    assert f"utter_ask_{slot}" not in asked
    assert asked[-1] == "utter_ask_report_contact"


async def test_answers_to_who_and_where_that_are_none_are_kept_too(talk):
    await report(talk, "1", "1", "Mombasa", "35000 ksh")
    assert talk.said == ["utter_report_noted", "utter_ask_report_who"]
    await talk.say("Skill Dove")
    assert talk.said == ["utter_ask_report_contact"]
    assert (slots(talk)["report_where"], slots(talk)["report_money"]) == ("Mombasa", "35000 ksh")


async def test_a_name_told_where_the_place_was_asked_for_fills_who_only_where_it_is_not_known(talk):
    await report(talk, "1", "1", "1", "Musa Wangari")
    assert talk.said == ["utter_report_noted", "utter_ask_report_where"]
    await talk.say("Joseph Kamau")
    assert talk.said == ["utter_ask_report_money"]
    assert (slots(talk)["report_who"], slots(talk)["report_where"]) == ("Musa Wangari", "Joseph Kamau")


async def test_a_second_name_is_put_beside_the_first_and_a_repeated_one_is_the_answer(talk):
    await report(talk, "1", "Musa Wangari", "0712345678")
    assert slots(talk)["report_who"] == "Musa Wangari, 0712345678"
    await talk.say("Musa Wangari")
    assert talk.said == ["utter_ask_report_where"]
    assert slots(talk)["report_what"] == "Musa Wangari"


async def test_a_name_that_the_classifier_takes_for_a_wish_ends_no_report(talk):
    await report(talk, "1", "1", "Joseph Kamau", "Nairobi", "1", "Joseph Kamau")
    assert talk.said == ["utter_ask_report_confirm"]
    assert slots(talk)["report_contact"] == "Joseph Kamau"


async def test_a_single_first_name_is_no_greeting_where_the_name_is_asked_for(talk):
    await report(talk, "1", "1", "Musa")
    assert talk.said == ["utter_ask_report_where"]


@pytest.mark.parametrize("takes", ["1", "yes"])
async def test_the_name_and_the_sum_of_a_story_are_offered(talk, listed_settings, takes):
    await report(talk, "1", "Musa of Sahara Agency in Nairobi took 35000 ksh from me and my passport")
    assert [choice.title for choice in talk.choices] == ["Musa of Sahara Agency", "I do not know"]
    await talk.say(takes)
    await talk.say("Nairobi")
    assert [choice.title for choice in talk.choices] == ["35000 ksh", "Nothing was paid", "I do not know"]
    for text in (takes, "1", "yes"):
        await talk.say(text)
    told = json.loads(AddressVault(listed_settings.address_secret()).decrypt(talk.turn.filed[0].told))
    assert (told["who"], told["money"]) == ("Musa of Sahara Agency", "35000 ksh")


async def test_the_listed_name_in_a_story_is_offered_as_it_is_listed_and_no_takes_it_away(talk):
    await report(talk, "1", "skill dove ltd took my money, 500 dollars")
    assert [choice.title for choice in talk.choices] == ["Skill Dove Ltd", "I do not know"]
    await talk.say("no")
    assert talk.said == ["utter_ask_report_who"]
    assert [choice.title for choice in talk.choices] == ["I do not know"]
    for text in ("Musa Wangari", "Nairobi", "no"):
        await talk.say(text)
    assert talk.said == ["utter_ask_report_money"], "which of the two was not paid is in doubt"


async def test_the_name_of_a_story_is_forgotten_with_the_report(talk):
    await report(talk, "1", "Skill Dove Ltd took my money", "never mind")
    assert talk.said == ["utter_report_dropped"]
    assert "Skill Dove" not in talk.state


@pytest.mark.parametrize(
    "word", ["yes", "ok", "okk", "no", "oui", "non", "sim", "não", "ndiyo", "ndyo", "sawa", "hapana", "hapanaaa"]
)
async def test_yes_and_no_are_never_stored_as_who_it_was_or_where(talk, word):
    await report(talk, "1", "1", word, word)
    assert slots(talk).get("report_who") in (None, "report_skip")
    assert slots(talk).get("report_where") in (None, "report_skip")


async def test_a_report_of_which_only_a_name_is_told_is_taken_up_again_by_a_word(talk):
    await report(talk, "1", "Musa Wangari", "stop")
    talk.choices = ()
    await talk.say("continue")
    assert talk.said == ["utter_ask_report_what"]
    assert slots(talk)["report_who"] == "Musa Wangari"


@pytest.mark.parametrize("text", ["I don't want to say", "je ne veux pas le dire", "não quero dizer", "sitaki kusema"])
async def test_what_somebody_would_rather_not_say_is_passed_over_and_nothing_is_forgotten(talk, text):
    await report(talk, "1", "1", "Skill Dove", text)
    assert "utter_report_dropped" not in talk.said
    assert slots(talk)["report_who"] == "Skill Dove"
    assert slots(talk)["report_where"] == "report_skip"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("his name is Musa Wangari", "Musa Wangari"),
        ("il s'appelle Moussa Diallo", "Moussa Diallo"),
        ("anaitwa Hassan Mwinyi", "Hassan Mwinyi"),
    ],
)
async def test_his_name_is_tells_who_it_was(talk, text, name):
    await report(talk, "1", text)
    assert slots(talk)["report_who"] == name


async def test_a_correction_before_the_end_is_kept_for_the_staff_and_sends_nothing(talk, listed_settings):
    await report(talk, "1", "1", "Skill Dove", "Nairobi", "1", "1", "sorry, it was 200 dollars that I paid")
    assert talk.said == ["utter_report_noted", "utter_ask_report_confirm"]
    assert not talk.turn.filed
    await talk.say("yes")
    told = json.loads(AddressVault(listed_settings.address_secret()).decrypt(talk.turn.filed[0].told))
    assert told["what"].endswith("sorry, it was 200 dollars that I paid")
