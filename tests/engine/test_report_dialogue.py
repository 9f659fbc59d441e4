"""Reporting a recruiter, as a person would: by digits and words, interrupted, in four languages."""

import json

import pytest
from sqlalchemy import select

from bot.channels.protocol import InboundMessage
from bot.conversations import inbox
from bot.conversations.worker import Worker
from bot.registry.tables import Report, Watch
from bot.safety.encryption import AddressVault
from bot.storage.database import Database
from tests.engine.conftest import NOW, pick, report


async def test_a_report_runs_on_digits_and_is_filed_encrypted(talk, listed_settings):
    await report(talk, "1", "1", "1", "1", "1", "2")
    assert talk.said == ["utter_ask_report_confirm"]
    text = await talk.say("1")
    (filed,) = talk.turn.filed
    assert filed.reference in text
    assert not filed.anonymous
    told = json.loads(AddressVault(listed_settings.address_secret()).decrypt(filed.told))
    assert told["what"] == "report_money_taken"
    assert b"report_money" not in filed.told
    assert "report_" not in talk.state.replace("utter_report_recruiter", ""), "what was told is forgotten"


async def test_a_report_takes_words_whole_and_keeps_the_language(talk):
    talk.state = json.dumps({"slots": {"language": "fr"}, "form": None})
    pick(talk, "/report_recruiter")
    await talk.say("1")
    await talk.say("1")
    await talk.say("Mr Kamau of the Pearl Agency office")
    assert talk.turn.language == "fr"
    assert talk.said == ["utter_ask_report_where"]
    assert "Mr Kamau of the Pearl Agency office" in talk.state


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (["is Zqwx Plorf Manpower licensed?"], "Zqwx Plorf Manpower"),
        (["check Gulf Associate for me", "2"], "Gulf Associate"),
        (["is Eastlnd Netwrk licensed?"], "Eastlnd Netwrk"),
    ],
)
async def test_the_recruiter_just_looked_up_is_the_first_answer_to_who(talk, listed_settings, asked, name):
    await talk.say("hello")
    for text in asked:
        await talk.say(text)
    pick(talk, "/report_recruiter")
    for digit in ("1", "1"):
        await talk.say(digit)
    assert talk.said == ["utter_ask_report_who"]
    assert [choice.title for choice in talk.choices] == [name, "I do not know"]
    for digit in ("1", "1", "1", "1", "1"):
        await talk.say(digit)
    told = json.loads(AddressVault(listed_settings.address_secret()).decrypt(talk.turn.filed[0].told))
    assert told["who"] == name


async def test_several_recruiters_looked_up_are_no_answer_to_who(talk):
    await talk.say("hello")
    await talk.say("is Skill Dove and Eastland Network licensed?")
    pick(talk, "/report_recruiter")
    for digit in ("1", "1"):
        await talk.say(digit)
    assert [choice.title for choice in talk.choices] == ["I do not know"]


async def test_a_report_can_be_stopped_and_resumed(talk):
    await report(talk, "1", "2", "stop")
    assert talk.said == ["utter_report_paused"]
    await talk.say("1")
    assert talk.said == ["utter_ask_report_who"]


@pytest.mark.parametrize(
    ("asked", "opening", "name"),
    [
        ("is Eastland Network licensed?", "I want to report Skill Dove", "Skill Dove Ltd"),
        ("is Eastland Network licensed?", "I want to report Zulu Recruiters", "Zulu Recruiters"),
        ("hello", "nataka kuripoti Skill Dove Ltd", "Skill Dove Ltd"),
        ("is Eastland Network licensed?", "I want to report a recruiter", "Eastland Network"),
    ],
)
async def test_the_firm_named_when_the_report_is_begun_is_offered_and_no_other(talk, asked, opening, name):
    await talk.say(asked)
    talk.choices = ()
    await talk.say(opening)
    await talk.say("1")
    assert [choice.title for choice in talk.choices][:-1] == [name]


async def test_a_look_up_in_the_middle_of_a_report_is_answered_and_the_report_goes_on(talk):
    await report(talk, "1", "1", "Skill Dove", "is Eastland Network verified?")
    assert talk.said == ["utter_registry_stale", "utter_ask_report_where"]
    await talk.say("Dubai")
    assert talk.said == ["utter_ask_report_money"]
    await talk.say("continue")
    assert talk.said == ["utter_ask_report_money"]
    await talk.say("1")
    await talk.say("Is Gulf Associate licensed")
    assert talk.said == ["utter_registry_ambiguous", "utter_ask_report_contact"]
    for text in ("anonymous", "continue"):
        await talk.say(text)
    assert talk.said[-1] == "utter_ask_report_confirm"
    assert "Report about: Skill Dove" in talk.turn.replies[-1].text


async def test_continue_takes_up_the_report_though_another_firm_was_looked_up_meanwhile(talk):
    await report(talk, "1", "1", "Skill Dove", "stop", "is Eastland Network verified?")
    talk.choices = ()
    await talk.say("continue")
    assert talk.said == ["utter_ask_report_where"]


GO_ON = {"en": "continue", "fr": "reprendre", "pt": "continuar", "sw": "endelea"}


@pytest.mark.parametrize("language", GO_ON)
async def test_a_stopped_report_is_taken_up_again_by_a_word(talk, language):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/report_recruiter")
    for text in ("1", "1", "stop", GO_ON[language]):
        await talk.say(text)
    assert talk.said == ["utter_ask_report_who"]


@pytest.mark.parametrize("answered", [(), ("1",), ("1", "Skill Dove")])
async def test_a_digit_that_no_choice_has_is_no_answer(talk, answered):
    await report(talk, "1", *answered)
    asked = talk.said
    await talk.say("7")
    assert talk.said == asked


async def test_a_sum_is_an_answer(talk):
    await report(talk, "1", "1", "Skill Dove", "Nairobi", "50")
    assert talk.said == ["utter_ask_report_contact"]


async def test_a_report_that_is_not_confirmed_is_not_filed(talk):
    await report(talk, "1", "1", "1", "1", "1", "1")
    await talk.say("2")
    assert talk.said == ["utter_report_dropped"]
    assert talk.turn.filed == ()


async def test_reports_and_watches_are_stored_with_the_turn_and_let_go_with_the_person(lists, listed_settings, vault):
    database = Database(listed_settings.database)
    sent = iter(range(100))

    async def write(text, choice=None):
        with database.transaction() as session:
            message = InboundMessage("web", "somebody", f"m{next(sent)}", text, choice)
            inbox.receive(session, vault, message, NOW)
        assert await Worker(database, lists).answer_some()

    for text in ("hello there", "is Skill Dove licensed?", "1"):
        await write(text)
    with database.transaction() as session:
        watch = session.execute(select(Watch)).scalars().one()
        assert (watch.source, watch.status) == ("ke_deregistered_agencies", "cancelled")
    for text in ("report a recruiter", "1", "1", "1", "1", "2", "1"):
        await write(text)
    with database.transaction() as session:
        assert session.execute(select(Report.contact_id)).scalar_one() == watch.contact_id
    for text in ("erase my data", "1"):
        await write(text)
    with database.transaction() as session:
        assert session.execute(select(Watch)).first() is None
        assert session.execute(select(Report.contact_id)).scalar_one() is None


REFUSALS = [
    ("en", "I do not want to report"), ("en", "no"), ("en", "never mind"), ("fr", "je ne veux pas signaler"),
    ("pt", "não quero responder"), ("sw", "sitaki kuripoti"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), REFUSALS, ids=[row[1] for row in REFUSALS])
async def test_a_refusal_ends_the_report(talk, language, text):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/report_recruiter")
    await talk.say("1")
    await talk.say(text)
    assert talk.said == ["utter_report_dropped"]
    assert '"form": null' in talk.state


ASIDES = [
    ("en", "why do you ask?", "utter_report_why"),
    ("en", "who will read this?", "utter_report_why"),
    ("en", "how much can an agent charge me?", "recruitment_fees"),
    ("en", "talk to a person", "utter_talk_to_person"),
    ("fr", "pourquoi vous demandez ?", "utter_report_why"),
    ("pt", "porque pergunta?", "utter_report_why"),
    ("sw", "kwa nini unauliza?", "utter_report_why"),
]


@pytest.mark.parametrize(("language", "text", "said"), ASIDES, ids=[row[1] for row in ASIDES])
async def test_a_question_in_the_report_is_answered_and_the_form_asks_again(talk, language, text, said):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/report_recruiter")
    await talk.say("1")
    talk.choices = ()
    await talk.say("the agent took my money")
    await talk.say(text)
    assert talk.said == [said, "utter_ask_report_who"]
    assert text not in talk.state


@pytest.mark.parametrize("text", ["ok wait", "I don't know", "report_recruiter", "blah"])
async def test_only_a_clear_yes_sends_the_report(talk, text):
    await report(talk, "1", "1", "1", "1", "1", "1")
    await talk.say(text)
    assert talk.said == ["utter_report_confirm_again", "utter_ask_report_confirm"]
    assert talk.turn.filed == ()
    await talk.say("yes")
    assert talk.said == ["utter_report_filed"]


@pytest.mark.parametrize("text", ["he took 500 dollars…", "he took 500 dollars and promised a job in Dubai"])
async def test_money_in_a_report_is_no_emergency(talk, text):
    await report(talk, "1", text)
    assert talk.said[-1] == "utter_ask_report_who"
    assert text in json.loads(talk.state)["slots"]["report_what"]


async def test_a_report_on_another_firm_than_the_one_just_looked_up_is_begun_anew(talk, listed_settings):
    await report(talk, "1", "1", "Skill Dove", "Nairobi", "stop", "is Zqwx Plorf Manpower licensed?")
    pick(talk, "/report_recruiter")
    await talk.say("1")
    assert talk.said == ["utter_ask_report_what"]
    for text in ("1", "1", "Kampala", "1", "1"):
        await talk.say(text)
    assert talk.said == ["utter_ask_report_confirm"]
    assert "Report about: Zqwx Plorf Manpower" in talk.turn.replies[-1].text
    await talk.say("yes")
    told = json.loads(AddressVault(listed_settings.address_secret()).decrypt(talk.turn.filed[0].told))
    assert (told["who"], told["where"]) == ("Zqwx Plorf Manpower", "Kampala")


async def test_a_report_that_was_stopped_goes_on_though_another_firm_had_been_looked_up_before_it(talk):
    await talk.say("is Zqwx Plorf Manpower licensed?")
    pick(talk, "/report_recruiter")
    for text in ("1", "1", "Skill Dove", "stop"):
        await talk.say(text)
    pick(talk, "/report_recruiter")
    await talk.say("1")
    assert talk.said == ["utter_ask_report_where"]


@pytest.mark.parametrize(
    ("words", "anonymous"),
    [
        ("answer me here", False),
        ("oui répondez-moi ici", False),
        ("nijibuni hapa", False),
        ("do not write to me", True),
    ],
)
async def test_who_asks_for_an_answer_in_words_is_not_anonymous(talk, words, anonymous):
    await report(talk, "1", "1", "Skill Dove", "Nairobi", "1", words)
    assert talk.said[-1] == "utter_ask_report_confirm"
    await talk.say("yes")
    assert talk.turn.filed[0].anonymous is anonymous


async def test_a_number_to_answer_at_is_kept(talk, listed_settings):
    await report(talk, "1", "1", "Skill Dove", "Nairobi", "1", "call me on 0712 345678", "yes")
    told = json.loads(AddressVault(listed_settings.address_secret()).decrypt(talk.turn.filed[0].told))
    assert told["contact"] == "call me on 0712 345678"


@pytest.mark.parametrize(
    ("language", "wish"),
    [
        ("en", "I don't want to give my name"),
        ("fr", "je préfère rester anonyme"),
        ("pt", "não quero dar o meu nome"),
        ("sw", "sitaki kutaja jina langu"),
    ],
)
async def test_who_wants_no_name_told_erases_nothing_and_is_not_asked_again(talk, language, wish):
    talk.state = json.dumps({"slots": {"language": language}, "form": None})
    pick(talk, "/report_recruiter")
    await talk.say("1")
    await talk.say("1")
    await talk.say(wish)
    assert talk.said == ["utter_ask_report_who"]
    await talk.say("Sr. Abdul, Nampula")
    assert "utter_ask_report_where" in talk.said
    assert '"report_contact": "report_anonymous"' in talk.state


def told(talk, settings):
    return json.loads(AddressVault(settings.address_secret()).decrypt(talk.turn.filed[0].told))


@pytest.mark.parametrize("text", ["wrong, I made a mistake", "go back", "errado, enganei-me", "rudi nyuma"])
async def test_a_mistake_in_a_report_is_asked_again(talk, listed_settings, text):
    await report(talk, "1", "1", "Sunrise Manpower", text)
    assert talk.said == ["utter_ask_report_who"]
    for answer in ("Sunshine Manpower", "Nairobi", "1", "2", "1"):
        await talk.say(answer)
    assert told(talk, listed_settings)["who"] == "Sunshine Manpower"


@pytest.mark.parametrize(
    ("name", "correction"),
    [
        ("João Macuácua", "não, o nome é José"), ("Juma", "si Juma ni Jumanne"),
        ("Sunrise", "no not Sunrise, Sunshine"), ("Moussa", "non il s'appelle Issa"),
    ],
)  # fmt: skip
async def test_a_correction_of_the_name_stays_with_the_name(talk, listed_settings, name, correction):
    await report(talk, "1", "1", name, correction)
    assert talk.said == ["utter_report_noted", "utter_ask_report_where"]
    for answer in ("Maputo", "1", "2", "1"):
        await talk.say(answer)
    found = told(talk, listed_settings)
    assert found["who"] == f"{name}; {correction}"
    assert found["where"] == "Maputo"


@pytest.mark.parametrize("text", ["how much does it cost?", "quanto custa?", "ni bei gani", "on va me dénoncer ?"])
async def test_a_question_about_the_report_itself_is_no_answer(talk, text):
    await report(talk, "1", text)
    assert talk.said == ["utter_report_why", "utter_ask_report_what"]


@pytest.mark.parametrize(
    "text",
    ["não foi dinheiro, ficaram com o passaporte", "no it was free but he kept my passport", "si nyingi, elfu tano"],
)
async def test_an_answer_that_begins_with_no_is_an_answer(talk, text):
    await report(talk, "1", "1", "Sunrise Manpower", "Maputo", text)
    assert talk.said[-1] == "utter_ask_report_contact"


@pytest.mark.parametrize("text", ["wait", "subiri kidogo", "le recruteur dit que c'est gratuit"])
async def test_a_pause_does_not_take_a_story_away(talk, text):
    story = "They promised a job as a driver and took my passport"
    await report(talk, "1", story, text)
    assert story in talk.state


async def test_a_no_that_names_the_place_is_an_answer_when_it_is_said_again(talk):
    await report(talk, "1", "1", "Sunrise Manpower", "Nairobi", "no money was paid in Nairobi")
    assert talk.said == ["utter_report_noted", "utter_ask_report_money"]
    await talk.say("no money was paid in Nairobi")
    assert talk.said[-1] == "utter_ask_report_contact"


async def test_a_no_after_a_name_that_was_not_known_corrects_nothing(talk):
    await report(talk, "1", "1", "1", "not in the report office, it was in Mombasa")
    assert talk.said[-1] == "utter_ask_report_money"
