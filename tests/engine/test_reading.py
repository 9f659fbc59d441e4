"""What a message asks: two questions, a follow-up, or just what it says. Measured on tables."""

import csv
import json
from pathlib import Path

import pytest
from test_dialogue import EMERGENCIES, FEES, Talk

from bot.engine.reading import Before, read
from bot.knowledge.answers import payload
from bot.settings import ROOT

LANGUAGES = ("en", "fr", "pt", "sw")
TWO = {
    "how much can an agent charge and do I need a visa for Oman?": ("recruitment_fees", "visa_and_work_permit"),
    "how much can an agent charge me? what papers must I carry to travel?": ("recruitment_fees", "document_checklist"),
    "i am from kenya. how much can agent charge? where can i get a passport?": ("recruitment_fees", "get_passport"),
    "combien un agent peut-il me faire payer et comment faire un passeport ?": ("recruitment_fees", "get_passport"),
    "quanto pode um agente cobrar e como posso tirar o passaporte?": ("recruitment_fees", "get_passport"),
    "wakala anaweza kunitoza pesa ngapi na je, nahitaji visa ya kazi?": ("recruitment_fees", "visa_and_work_permit"),
}
ONE = (
    "My madam keeps my passport. What can I do?",
    "my boss did not pay me. who can help?",
    "They took my passport and how can I get it back?",
    "mon patron garde mon passeport. que faire ?",
    "o patrão ficou com o passaporte. o que posso fazer?",
    "bosi amechukua pasipoti yangu. nifanye nini?",
)
MOST_WRONG_SPLITS = 0.005


@pytest.fixture
def reading(assistant):
    knowledge, parse = assistant._knowledge, assistant._parse
    return lambda text, before=None: read(text, before or Before(), knowledge, parse)


def names(asked):
    return tuple(one.text[1:] if one.text.startswith("/") else one.parse["intent"]["name"] for one in asked)


@pytest.mark.parametrize("text", TWO)
async def test_two_questions_are_found(reading, text):
    assert names(await reading(text)) == TWO[text]


@pytest.mark.parametrize("text", ONE)
async def test_a_story_with_its_question_is_one(reading, text):
    assert len(await reading(text)) == 1


async def test_single_questions_do_not_get_two_answers(reading):
    texts = [
        row["text"]
        for language in LANGUAGES
        for row in csv.DictReader((ROOT / f"evaluation/development_{language}.csv").open(encoding="utf-8"))
    ]
    split = [text for text in texts if len(await reading(text)) > 1]
    assert len(texts) > 700
    assert len(split) <= MOST_WRONG_SPLITS * len(texts), split


FOLLOW_UPS = list(csv.DictReader((Path(__file__).parent / "follow_ups.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("row", FOLLOW_UPS, ids=lambda row: f"{row['language']}-{row['about']}-{row['text']}")
async def test_a_follow_up_is_answered_from_the_topic_before(reading, row):
    about = "utter_emergency" if row["about"] == "emergency" else row["about"]
    (said,) = names(await reading(row["text"], Before({"language": row["language"], "about": about})))
    expected = row["expected"].split("|")
    assert said in (["out_of_scope", "nlu_fallback", "menu", "emergency"] if expected == ["none"] else expected)


async def test_no_question_of_the_development_tables_is_taken_for_a_follow_up(assistant):
    finder = assistant._knowledge.follow_up_finder
    for language in LANGUAGES:
        path = ROOT / f"evaluation/development_{language}.csv"
        assert [r["text"] for r in csv.DictReader(path.open(encoding="utf-8")) if finder.find(r["text"])] == []


async def test_both_answers_come_in_order_and_digits_belong_to_the_last(assistant):
    talk = Talk(assistant, "sms")
    talk.state = json.dumps({"slots": {"language": "en"}, "form": None})
    await talk.say("how much can an agent charge and do I need a visa for Oman?")
    assert talk.said == ["recruitment_fees", "visa_and_work_permit"]
    assert talk.turn.replies[0].choices == ()
    assert talk.turn.replies[1].choices
    assert json.loads(talk.state)["slots"]["destination"] == "OM"


async def test_an_emergency_beside_a_question_beats_it(assistant):
    talk = Talk(assistant)
    talk.state = json.dumps({"slots": {"language": "en"}, "form": None})
    await talk.say(f"{FEES['en'][0]} {EMERGENCIES['en']}")
    assert talk.said == ["utter_emergency"]


@pytest.mark.parametrize("text", ["and in Qatar?", "what about Qatar"])
async def test_a_country_after_a_topic_is_answered_for_that_topic(assistant, text):
    talk = Talk(assistant)
    await talk.say(FEES["en"][0])
    await talk.say(text)
    assert talk.said[0] in ("facts_recruitment_fees", "utter_no_facts")


@pytest.mark.parametrize("text", ["kenya", "Saudi Arabia?"])
async def test_a_country_and_nothing_else_is_remembered(assistant, text):
    talk = Talk(assistant)
    await talk.say(text)
    assert talk.said[-1] == "utter_country_noted"


@pytest.mark.parametrize("text", ["sir", "euh", "the same"])
async def test_what_may_be_no_topic_gets_the_menu_and_not_an_empty_offer(assistant, text):
    talk = Talk(assistant)
    await talk.say(text)
    assert talk.said[-1] != "utter_did_you_mean" or len(talk.choices) > 1


async def test_why_offers_what_belongs_to_the_topic(assistant):
    talk = Talk(assistant)
    talk.state = json.dumps({"slots": {"language": "en", "about": "unpaid_wages"}, "form": None})
    await talk.say("why?")
    assert talk.said == ["utter_did_you_mean"]


async def test_not_being_paid_is_no_no(assistant):
    talk = Talk(assistant)
    await talk.say("hello, good morning")
    await talk.say("I have not been paid")
    assert talk.said == ["unpaid_wages"]


@pytest.mark.parametrize("firm", ["Gulf Star Recruitment Agency Limited", "Al Noor International Manpower Services"])
async def test_a_firms_name_does_not_change_the_language(assistant, firm):
    talk = Talk(assistant)
    await talk.say("bonjour")
    await talk.say(firm)
    assert talk.turn.language == "fr"
    await talk.say("how much can the agent ask me to pay?")
    assert talk.turn.language == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Riyadh", "SA"), ("KSA", "SA"), ("Muscat", "OM"), ("London", "GB"), ("Cambodia", "KH"), ("in Nairobi", "KE"),
        ("dakar", "SN"), ("lebnon", "LB"), ("i dont know", None), ("sijui", None), ("no", None),
        ("please hurry", None), ("labda, sijui", None),
    ],
)  # fmt: skip
async def test_after_help_in_an_emergency_a_place_gives_its_numbers_and_nothing_leads_away(reading, text, expected):
    (asked,) = await reading(text, Before({"about": "utter_emergency", "language": "en"}))
    if expected:
        assert asked.text == payload("inform_country", country=expected)
    else:
        assert names((asked,)) == ("emergency",)


async def test_thanks_and_a_farewell_after_help_name_no_place(reading):
    read = names(await reading("thank you bye", Before({"about": "utter_emergency", "language": "en"})))
    assert read == ("emergency",)
