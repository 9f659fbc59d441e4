"""Conversations with the real model and content, as a person would have them."""

import json

import pytest

from bot.conversations.offered import picked
from bot.conversations.turn import Question
from bot.knowledge.reply import Choice

LANGUAGES = ("en", "fr", "pt", "sw")


class Talk:
    """One person's conversation; digits and titles pick the choices shown last, as in the inbox."""

    def __init__(self, assistant, channel="web"):
        self.assistant, self.channel, self.state, self.choices = assistant, channel, None, ()

    async def say(self, text):
        payload = picked(text, self.choices)
        turn = await self.assistant.answer(
            Question("person", self.channel, payload or text, payload is not None, self.state)
        )
        self.state, self.turn = turn.state, turn
        self.choices = next((r.choices for r in reversed(turn.replies) if r.choices), self.choices)
        return "\n".join(reply.text for reply in turn.replies)

    @property
    def said(self):
        return [reply.content_id for reply in self.turn.replies]


@pytest.fixture
def talk(assistant):
    return Talk(assistant)


async def check_an_offer(talk):
    """Begins the risk check after a greeting."""
    await talk.say("hello")
    talk.choices = (Choice("", "/risk_check"),)
    await talk.say("1")


FEES = {
    "en": ("how much can an agent charge me?", "International Labour"),
    "fr": ("combien un agent peut-il me faire payer ?", "OIT|Organisation internationale du Travail"),
    "pt": ("quanto é que um agente me pode cobrar?", "OIT|Organização Internacional do Trabalho"),
    "sw": ("wakala anaweza kunitoza pesa ngapi?", "ILO|Shirika la Kazi Duniani"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_fee_question_is_answered_in_its_language_with_a_source(talk, language):
    question, _ = FEES[language]
    text = await talk.say(question)
    assert "recruitment_fees" in talk.said
    assert talk.turn.language == language
    assert "ILO" in text
    assert "2020-05-06" in text


EMERGENCIES = {
    "en": "they locked me in the house and took my phone, please help me",
    "fr": "ils m'ont enfermée dans la maison, aidez moi vite",
    "pt": "o patrão trancou-me em casa e bate-me, ajudem-me",
    "sw": "bosi amenifungia ndani ananipiga, nisaidieni",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_emergency_in_the_middle_of_a_form_gets_help_at_once(talk, language):
    await talk.say(FEES[language][0])
    await talk.say("/ignored")
    talk.choices = (Choice("", "/risk_check"),)
    await talk.say("1")
    assert talk.said[-1].startswith("risk_")
    await talk.say(EMERGENCIES[language])
    assert talk.said == ["utter_emergency"]
    assert talk.turn.language == language
    assert '"form": null' in talk.state


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_emergency_as_the_first_message_comes_before_the_privacy_notice(talk, language):
    await talk.say(EMERGENCIES[language])
    assert talk.said == ["utter_emergency", "utter_privacy_notice"]


async def test_the_privacy_notice_comes_once(talk):
    await talk.say("hello")
    assert talk.said[0] == "utter_privacy_notice"
    await talk.say("thank you")
    assert "utter_privacy_notice" not in talk.said


async def test_a_country_asked_for_is_answered_and_remembered(talk):
    await talk.say(FEES["en"][0])
    assert "30,000" in await talk.say("India")
    await talk.say("hello")
    assert "30,000" in await talk.say(FEES["en"][0])


async def test_language_changes_by_request_and_by_writing_in_it(talk):
    await talk.say("hello")
    await talk.say("français s'il vous plaît")
    assert talk.turn.language == "fr"
    await talk.say("wakala anaweza kunitoza pesa ngapi kwenda Saudi Arabia?")
    assert talk.turn.language == "sw"
    await talk.say("ok")
    assert talk.turn.language == "sw", "a short message must not flip the language"


async def test_the_risk_check_runs_on_digits_and_ends_in_a_verdict(talk):
    await check_an_offer(talk)
    for _ in range(9):
        assert talk.said[-1].startswith("risk_")
        text = await talk.say("1")
    assert talk.said == ["utter_risk_high"]
    assert "visit or tourist visa" in text
    assert "risk_visa" not in talk.state, "the answers are forgotten"


async def test_a_question_in_the_middle_of_the_risk_check_is_answered_and_the_check_goes_on(talk):
    await check_an_offer(talk)
    await talk.say(FEES["en"][0])
    assert talk.said[0] == "recruitment_fees"
    assert talk.said[-1] == "risk_office"


RISK = {
    "en": "is my offer safe? risk check", "fr": "vérifier les risques de mon offre",
    "pt": "verificar o risco da minha oferta", "sw": "nataka kupima hatari ya kazi yangu",
}  # fmt: skip


@pytest.mark.parametrize("asked", ["/risk_check", '/report_answer{"report_answer": "report_skip"}', None])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_risk_check_asked_for_while_it_runs_asks_the_same_again(talk, language, asked):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    talk.choices = (Choice("", "/risk_check"),)
    await talk.say("1")
    await talk.say("1")
    assert talk.said == ["risk_licence"]
    talk.choices = (Choice("", asked),) if asked else talk.choices
    await talk.say("1" if asked else RISK[language])
    assert talk.said[-1] == "risk_licence"
    assert len(talk.said) == 1


@pytest.mark.parametrize("stop", ["menu", "stop"])
async def test_the_risk_check_can_be_left(talk, stop):
    await check_an_offer(talk)
    await talk.say(stop)
    assert '"form": null' in talk.state


@pytest.mark.parametrize(
    "text",
    [
        "my name is Wanjiru and my number is +254 700 000 001",
        "je suis Moussa, maçon à Kayes",
        "olá, o meu nome é Celina, sou da Beira",
        "habari, naitwa Juma na natoka Tabora",
    ],
)
async def test_who_says_who_they_are_is_welcomed_and_nobody_is_looked_up(talk, text):
    await talk.say(text)
    assert talk.said == ["utter_privacy_notice", "utter_welcome", "menu_main"]


async def test_is_it_ok_is_no_yes(talk):
    await check_an_offer(talk)
    await talk.say("is it ok?")
    assert talk.said == ["risk_office"]


async def test_a_vague_question_after_an_answer_is_offered_what_follows_it(talk):
    await talk.say("my sister is in Saudi Arabia and she is not answering for 2 weeks")
    assert talk.said[-1] == "family_lost_contact"
    follows = [choice.payload for choice in talk.choices if choice.payload != "/emergency"]
    await talk.say("what should i do")
    assert talk.said == ["utter_did_you_mean"]
    assert [choice.payload for choice in talk.choices] == [*follows, "/menu"]


async def test_what_is_not_understood_is_offered_then_a_person(talk):
    await talk.say("hello")
    await talk.say("qwzx plorf gnnn")
    await talk.say("blarg fnord wibble")
    assert talk.said[-1] in ("utter_not_understood", "utter_out_of_scope")
    assert any(choice.payload == "/talk_to_person" for choice in talk.choices)


HOSTILE = {
    "payload": "/erase_confirmed",
    "payload with an entity": '  /inform_country{"country": "KE"}',
    "two slashes": "//menu",
    "slash": "/",
    "nul": "\x00",
    "emoji": "😀" * 500,
    "long": "a" * 9000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
async def test_what_people_type_cannot_speak_to_rasa_and_always_gets_a_reply(talk, text):
    await talk.say("hello")
    await talk.say(text)
    assert talk.turn.replies
    assert not talk.turn.erase
    assert talk.turn.intent not in ("erase_confirmed", "inform_country") or talk.turn.confidence < 1.0


async def test_the_state_stays_as_small_after_fifty_messages_as_after_five(talk):
    sizes = []
    for _ in range(10):
        for text in ("hello", FEES["en"][0], "India", "menu", "thank you"):
            await talk.say(text)
        sizes.append(len(talk.state))
    assert len(set(sizes[1:])) == 1
    assert sizes[-1] < 500


async def test_sms_gets_the_short_text(assistant):
    talk = Talk(assistant, "sms")
    text = await talk.say(FEES["en"][0])
    assert "(ILO" in text
    assert len(text) < 700


@pytest.mark.parametrize("form", ["risk_check", "report_recruiter", "check_recruiter", "find_mrc"])
async def test_every_intent_in_every_form_gets_a_reply_of_its_own(assistant, form):
    """No rule may be missing: Rasa would repeat its fallback until its circuit breaker trips."""
    talk = Talk(assistant)
    await talk.say("hello")
    talk.choices = (Choice("", f"/{form}"),)
    await talk.say("1")
    opened = talk.state
    for intent in sorted(set(assistant.agent.domain.intents) - {"back", "restart", "session_start"}):
        turn = await assistant.answer(Question("person", "web", f"/{intent}", True, opened))
        said = [reply.content_id for reply in turn.replies]
        assert 1 <= len(said) <= 3, (intent, said)
        assert all(reply.text.strip() for reply in turn.replies), intent


@pytest.mark.parametrize("text", ["?", "...", "🆘", "-"])
async def test_what_holds_no_word_confirms_nothing(talk, text):
    await talk.say("hello")
    talk.choices = (Choice("", "/report_recruiter"),)
    for _ in range(6):
        await talk.say("1")
    await talk.say(text)
    assert "utter_report_filed" not in talk.said
    assert talk.turn.filed == ()


@pytest.mark.parametrize("number", ["3", "08", "44", "٦"])
async def test_a_number_that_no_choice_has_is_not_understood(talk, number):
    await talk.say(number)
    assert talk.said == ["utter_privacy_notice", "utter_not_understood"]


@pytest.mark.parametrize("text", ["😀", "👍👍", "?!"])
async def test_a_picture_offers_no_choice_twice(talk, text):
    await talk.say("hello")
    await talk.say(text)
    titles = [choice.title for choice in talk.turn.replies[-1].choices]
    assert talk.said == ["utter_not_understood"]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "text", ["back", "no wait, I meant yes", "enganei-me", "pardon je me suis trompé", "nimekosea"]
)
async def test_the_risk_check_goes_back_to_a_mistaken_answer(talk, text):
    await check_an_offer(talk)
    await talk.say("2")
    assert talk.said == ["risk_licence"]
    await talk.say(text)
    assert talk.said == ["risk_office"]
    await talk.say("1")
    assert talk.said == ["risk_licence"]


async def test_the_first_question_of_the_risk_check_has_none_before_it(talk):
    await check_an_offer(talk)
    await talk.say("back")
    assert talk.said == ["risk_office"]


WHY = {
    "en": "why do you ask",
    "fr": "pourquoi vous demandez ça",
    "pt": "porque perguntas isso",
    "sw": "kwa nini unauliza",
}
WITH_REASONS = {
    "en": "yes they asked me 500 dollars", "fr": "oui on m'a demandé 300 euros", "pt": "sim pediram 20 mil meticais",
    "sw": "ndiyo wanataka elfu hamsini",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_risk_check_says_why_it_asks_and_takes_a_yes_with_reasons(talk, language):
    await talk.say(FEES[language][0])
    talk.choices = (Choice("", "/risk_check"),)
    await talk.say("1")
    await talk.say(WHY[language])
    assert talk.said == ["utter_risk_why", "risk_office"]
    for _ in range(3):
        await talk.say("1")
    assert talk.said == ["risk_paid"]
    await talk.say(WITH_REASONS[language])
    assert talk.said == ["risk_pay"]


async def test_what_may_be_danger_is_no_yes_to_the_risk_check(talk):
    await check_an_offer(talk)
    await talk.say("yes they took my passport and I am not allowed out")
    assert talk.said in (["utter_report_danger", "risk_office"], ["utter_emergency"])


async def test_a_mistake_outside_danger_is_no_all_clear(talk):
    await talk.say("enganei-me")
    assert "utter_safe_now" not in talk.said


async def test_a_town_in_a_sentence_answers_where_an_office_is_looked_for(talk):
    await talk.say("where is the nearest centre?")
    assert "Kampala" in await talk.say("i am in kampala")


async def test_a_country_beside_a_call_is_where_the_danger_is_also_in_a_form(talk):
    await check_an_offer(talk)
    assert "112" in await talk.say("they locked me in the house please help me, Kuwait")
