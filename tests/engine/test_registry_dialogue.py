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
