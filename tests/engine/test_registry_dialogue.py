"""Looking up and reporting a recruiter, as a person would: in four languages, by digits, interrupted."""

import datetime as dt
import json

import pytest
from sqlalchemy import select
from test_dialogue import EMERGENCIES, Talk

from bot.conversations import inbox
from bot.conversations.worker import Worker
from bot.engine.assistant import Assistant
from bot.engine.training import usable_model
from bot.registry.importing import import_file
from bot.registry.limits import sha256
from bot.registry.source import load_sources
from bot.registry.tables import Report, Watch
from bot.safety.encryption import AddressVault
from bot.settings import ROOT
from bot.storage.database import Database

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.timezone.utc)
LANGUAGES = ("en", "fr", "pt", "sw")


@pytest.fixture(scope="module")
def settings(model_settings, tmp_path_factory):
    """The trained model beside a database that holds the short shipped lists."""
    url = f"sqlite:///{tmp_path_factory.mktemp('dialogue') / 'salama.db'}"
    database = Database(url)
    database.migrate()
    for source in load_sources(ROOT / "content").values():
        if source.shipped and source.kind.value != "employers":
            path = ROOT / "content/registries/snapshots" / source.shipped.file
            import_file(database, source, path, "test", NOW, source.shipped.published, known_hash=sha256(path))
    return model_settings.copy(update={"database_url": url})


@pytest.fixture(scope="module")
def lists(settings):
    return Assistant(usable_model(settings), settings)


@pytest.fixture
def talk(lists):
    return Talk(lists)


def pick(talk, payload):
    """Offers a choice, as a menu does, so that a digit can take it."""
    talk.choices = (type("C", (), {"payload": payload, "title": ""}),)


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


async def test_a_report_runs_on_digits_and_is_filed_encrypted(talk, settings):
    await talk.say("hello")
    pick(talk, "/report_recruiter")
    for digit in ("1", "1", "1", "1", "1", "2"):
        await talk.say(digit)
    assert talk.said == ["utter_ask_report_confirm"]
    text = await talk.say("1")
    (filed,) = talk.turn.filed
    assert filed.reference in text
    assert not filed.anonymous
    told = json.loads(AddressVault(settings.address_secret()).decrypt(filed.told))
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


async def test_a_report_can_be_stopped_and_resumed(talk):
    await talk.say("hello")
    pick(talk, "/report_recruiter")
    await talk.say("1")
    await talk.say("2")
    await talk.say("stop")
    assert talk.said == ["utter_report_paused"]
    await talk.say("1")
    assert talk.said == ["utter_ask_report_who"]


async def test_a_report_that_is_not_confirmed_is_not_filed(talk):
    await talk.say("hello")
    pick(talk, "/report_recruiter")
    for digit in ("1", "1", "1", "1", "1", "1"):
        await talk.say(digit)
    await talk.say("2")
    assert talk.said == ["utter_report_dropped"]
    assert talk.turn.filed == ()


async def test_reports_and_watches_are_stored_with_the_turn_and_let_go_with_the_person(lists, settings, vault):
    database = Database(settings.database)
    sent = iter(range(100))

    async def write(text, choice=None):
        with database.transaction() as session:
            message = inbox.InboundMessage("web", "somebody", f"m{next(sent)}", text, choice)
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
    await talk.say("is Skill Dove and Eastland Network licensed?")
    assert talk.said == ["utter_registry_several"]
    assert "DANGER" in await talk.say("1")


async def test_a_country_named_hides_no_strike_off(talk):
    await talk.say("hello")
    assert "DANGER: Geoverah" in await talk.say("is Geoverah Agency from Uganda licensed?")


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


@pytest.mark.parametrize("text", ["ok wait", "I don't know", "report_recruiter", "blah blah blah"])
async def test_only_a_clear_yes_sends_the_report(talk, text):
    await talk.say("hello")
    pick(talk, "/report_recruiter")
    for digit in ("1", "1", "1", "1", "1", "1"):
        await talk.say(digit)
    await talk.say(text)
    assert talk.said == ["utter_report_confirm_again", "utter_ask_report_confirm"]
    assert talk.turn.filed == ()
    await talk.say("yes")
    assert talk.said == ["utter_report_filed"]


@pytest.mark.parametrize("text", ["he took 500 dollars…", "he took 500 dollars and promised a job in Dubai"])
async def test_money_in_a_report_is_no_emergency(talk, text):
    await talk.say("hello")
    pick(talk, "/report_recruiter")
    await talk.say("1")
    await talk.say(text)
    assert talk.said[-1] == "utter_ask_report_who"
    assert text in json.loads(talk.state)["slots"]["report_what"]
