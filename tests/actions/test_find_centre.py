"""Looking for an office, with the real model and content."""

import pytest

from bot.conversations.turn import Question

LANGUAGES = ("en", "fr", "pt", "sw")
WHERE = {
    "en": "where is the nearest office",
    "fr": "où est le bureau le plus proche",
    "pt": "onde fica o escritório mais perto",
    "sw": "ofisi ya karibu iko wapi",
}


class Talk:
    def __init__(self, assistant, channel="web"):
        self.assistant, self.channel, self.state, self.choices = assistant, channel, None, ()

    async def say(self, text, is_payload=False):
        turn = await self.assistant.answer(Question("person", self.channel, text, is_payload, self.state))
        self.state, self.turn = turn.state, turn
        self.said = [r.content_id for r in turn.replies if r.content_id != "utter_privacy_notice"]
        self.choices = next((r.choices for r in reversed(turn.replies) if r.choices), ())
        return "\n".join(reply.text for reply in turn.replies)

    async def pick(self, title):
        return await self.say(next(c.payload for c in self.choices if c.title == title), is_payload=True)


@pytest.fixture
def talk(assistant):
    return Talk(assistant)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_place_is_asked_for_and_a_town_is_answered_nearest_first(talk, language):
    await talk.say(WHERE[language])
    assert talk.said == ["utter_ask_centre_place"]
    text = await talk.say("Mbeya")
    assert talk.said == ["utter_centres_near"]
    assert text.index("Dodoma, 395 km") < text.index("Dar es Salaam, 681 km")
    assert "https://www.openstreetmap.org/?mlat=" in text
    assert text.count("\n- ") == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kituo cha karibu na Mwanza", "Kasulu"),
        ("address of the centre in nairobi", "National Employment Authority"),
        ("y a un centre pour migrants vers Goma ou Bukavu ?", "Goma, < 5 km"),
        ("tem MRC em nampula?", "Nampula, < 5 km"),
    ],
)
async def test_a_town_in_the_question_is_answered_at_once(talk, text, found):
    assert found in await talk.say(text)
    assert talk.said == ["utter_centres_near"]


async def test_more_shows_the_next_and_ends(talk):
    await talk.say(WHERE["en"])
    first = await talk.say("niko Mbeya")
    more = await talk.pick("More offices")
    assert "Moshi" in more
    assert "Moshi" not in first
    assert "More offices" not in [choice.title for choice in talk.choices]


async def test_after_an_answer_another_town_or_country_may_follow_and_nothing_is_asked_again(talk):
    await talk.say("centre in lagos")
    assert "Arusha" in await talk.say("Arusha")
    await talk.say("and in Kenya?")
    assert talk.said == ["utter_centres_in"]
    assert "Mombasa, < 5 km" in await talk.say("Mombsa")
    await talk.say("thank you")
    assert talk.said == ["utter_thank"]


async def test_a_country_known_already_is_offered(talk):
    await talk.say("I am from Kenya")
    await talk.say(WHERE["en"])
    await talk.pick("Kenya")
    assert talk.said == ["utter_centres_in"]


async def test_a_shared_location_is_answered_for_its_own_country(talk):
    await talk.say("hello")
    text = await talk.say('/find_mrc{"latitude": -17.9, "longitude": 31.1}', is_payload=True)
    assert talk.said == ["utter_centres_here"]
    assert "Harare" in text
    assert "31.1" not in talk.state


@pytest.mark.parametrize(
    "degrees", ['"latitude": 999, "longitude": 1', '"latitude": "x", "longitude": NaN', '"skip": "-1"']
)
async def test_a_location_that_is_none_is_asked_for(talk, degrees):
    await talk.say("hello")
    await talk.say(f"/find_mrc{{{degrees}}}", is_payload=True)
    assert talk.said == ["utter_ask_centre_place"]


async def test_a_typed_payload_is_no_location(talk):
    await talk.say("hello")
    await talk.say('/find_mrc{"latitude": -17.9, "longitude": 31.1}')
    assert "utter_centres_here" not in talk.said


async def test_where_no_office_is_known_the_official_places_are_given(talk):
    await talk.say(WHERE["en"])
    text = await talk.say("Mauritius")
    assert talk.said == ["utter_centres_none"]
    assert "207 2600" in text


async def test_an_unknown_place_is_asked_for_once_more_then_left(talk):
    await talk.say(WHERE["en"])
    await talk.say("xyzzyville")
    assert talk.said == ["utter_centres_unknown_place", "utter_ask_centre_place"]
    await talk.say("qwrtpsdf")
    assert talk.said == ["utter_not_understood"]
    assert '"form": null' in talk.state


EMERGENCIES = {
    "en": "they locked me in the house and took my phone, please help me",
    "fr": "ils m'ont enfermée dans la maison, aidez moi vite",
    "pt": "o patrão trancou-me em casa e bate-me, ajudem-me",
    "sw": "bosi amenifungia ndani ananipiga, nisaidieni",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_emergency_wins_over_the_question_for_a_place(talk, language):
    await talk.say(WHERE[language])
    await talk.say(EMERGENCIES[language])
    assert talk.said == ["utter_emergency"]
    assert '"form": null' in talk.state


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stop", ["utter_goodbye"]),
        ("no", ["utter_deny"]),
        ("yes", ["utter_ask_centre_place"]),
        ("not sure", ["menu_main"]),
        ("menu", ["menu_main"]),
        ("how much can an agent charge me?", ["recruitment_fees"]),
        ("hello", ["utter_welcome", "menu_main"]),
    ],
)
async def test_what_is_no_place_is_answered_as_itself(talk, text, said):
    await talk.say(WHERE["en"])
    await talk.say(text)
    assert talk.said == said


async def test_yes_takes_the_one_country_that_was_offered(talk):
    await talk.say("I am in Qatar")
    await talk.say(WHERE["en"])
    assert [choice.title for choice in talk.choices] == ["Qatar"]
    assert "Doha" in await talk.say("yes")


async def test_the_risk_check_starts_from_an_open_question(talk):
    await talk.say(WHERE["en"])
    await talk.say("/risk_check", is_payload=True)
    assert talk.said == ["risk_office"]
    assert '"form": "risk_form"' in talk.state


async def test_sms_gets_offices_without_map_in_two_segments_each(assistant):
    from bot.knowledge.segments import fold, segments

    talk = Talk(assistant, "sms")
    text = await talk.say("onde há um centro em Maputo?")
    offices = [block for block in text.split("\n\n") if block.startswith("- ")]
    assert len(offices) == 3
    assert all(segments(fold(office)) <= 2 for office in offices)
    assert "openstreetmap" not in text


@pytest.mark.parametrize("open_question", ["/find_mrc", "/check_recruiter"])
@pytest.mark.parametrize(
    ("form", "first"), [("/risk_check", "risk_office"), ("/report_recruiter", "utter_ask_report_what")]
)
async def test_a_form_that_takes_the_place_of_an_open_question_asks_its_first(talk, open_question, form, first):
    await talk.say("hello")
    await talk.say(open_question, is_payload=True)
    await talk.say(form, is_payload=True)
    assert talk.said == [first]
