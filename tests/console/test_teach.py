"""An editor's way from a missed question to a new model, in a browser; the trainer is one that takes no time."""

import json
import os
import re
import sys
import threading

import pytest
from sqlalchemy import select

from bot.channels.protocol import InboundMessage
from bot.console.tables import AuditEntry, Staff
from bot.conversations.inbox import receive
from bot.conversations.tables import Contact, Message
from bot.conversations.worker import now
from bot.editing.tables import Revision
from bot.safety.encryption import AddressVault
from bot.teaching import runs, workers
from bot.teaching.choice import choose, read_choice
from bot.teaching.comparison import compare
from bot.teaching.figures import Row
from bot.teaching.tables import State
from bot.teaching.teacher import Teacher
from tests.console.conftest import add_staff, post, token_for
from tests.console.walking import Walk

TRAINS = """
import json, sys, time
from pathlib import Path
from bot.storage.database import Database
from bot.teaching import runs, teacher
from bot.teaching.tables import State
url, run_id, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
database, plan = Database(url), json.loads((folder / "plan.json").read_text())
with database.transaction() as session:
    runs.begin(session, run_id, teacher.now())
    runs.still_here(session, run_id, State.TRAINING, 40, teacher.now())
while not (folder / "go").exists():
    time.sleep(0.05)
with database.transaction() as session:
    runs.end(session, run_id, State(plan.pop("state")), teacher.now(), **plan)
"""


def say(database, vault, texts):
    """People asked `texts`, by language and text, and were not understood."""
    with database.transaction() as session:
        for number, (language, text, intent, confidence) in enumerate(texts):
            receive(session, vault, InboundMessage("web", f"{language}{number}", str(number), text), now())
            newest = select(Message).where(Message.direction == "in").order_by(Message.id.desc()).limit(1)
            message = session.scalars(newest).one()
            message.state, message.intent, message.confidence = "answered", intent, confidence
            session.get(Contact, message.contact_id).language = language
            told = {"nlu_fallback": "utter_not_understood", "out_of_scope": "utter_out_of_scope"}.get(intent, intent)
            values = {"direction": "out", "state": "queued", "channel": "web", "text": "…", "choices": []}
            reply = Message(contact_id=message.contact_id, reply_to=message.id, created_at=now(), **values)
            reply.content_id = told
            session.add(reply)


def rows(right_swahili):
    def row(language, expected, predicted):
        return Row("?", language, expected, predicted, 0.9, "right" if predicted == expected else "wrong")

    swahili = ["receipts" if n < right_swahili else "get_refund" for n in range(5)]
    return [
        row("en", "receipts", "receipts"),
        row("en", "get_refund", "get_refund" if right_swahili > 2 else "receipts"),
        row("fr", "unpaid_wages", "unpaid_wages" if right_swahili < 5 else "receipts"),
        row("sw", "emergency", "emergency"),
        row("en", "out_of_scope", "receipts"),
        *(row("sw", "receipts", predicted) for predicted in swahili),
    ]


FLOORS = {"at_least": {"right": 0.5}, "right_by_language": {"sw": 0.5}}
GOOD = {"state": "ready", "comparison": compare(rows(2), rows(5), FLOORS)}
BAD = {"state": "below_floor", "comparison": compare(rows(4), rows(1), FLOORS)}
MISSED = (
    ("en", "who can help me with my receipt paper", "nlu_fallback", 0.2),
    ("en", "who can help me with my receipt papers", "nlu_fallback", 0.2),
    ("en", "call +254 712 345 678 for the receipt", "receipts", 0.3),
    ("sw", "mbona sijapewa karatasi yoyote <b>jamani</b>", "nlu_fallback", 0.2),
    ("fr", "quel temps fait-il", "out_of_scope", 0.9),
)


@pytest.fixture
def models(settings):
    """The models "old" and "new", of which the former is in use."""
    settings.models_dir.mkdir(exist_ok=True)
    for name in ("old", "new"):
        (settings.models_dir / name).touch()
    choose(settings.models_dir, "old", "s")
    return settings.models_dir


def run_ended(database, plan, model="new", compared_with="old"):
    run_id = runs.ask(database, None, now())
    with database.transaction() as session:
        runs.begin(session, run_id, now())
        values = {**plan, "model": model, "compared_with": compared_with, "shipped": "s"}
        runs.end(session, run_id, State(values.pop("state")), now(), **values)
    return run_id


def acts(database):
    with database.reading() as session:
        return [(e.act, e.target, e.reason) for e in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_asking_twice_for_teaching_is_told_kindly(signed_in, database, models):
    editor = signed_in("editor")
    assert post(editor, "/console/teach", "/console/teach").status_code == 303
    page = editor.get("/console/teach")
    assert "Starting" in page.text
    assert 'http-equiv="refresh"' in page.text
    again = post(editor, "/console/teach", "/console/teach")
    assert again.status_code == 409
    assert "being trained already" in again.text
    assert acts(database) == [("teaching_asked", "teaching run 1", None)]


def test_only_an_administrator_overrides_a_floor_and_says_why(signed_in, database, models):
    run_id = run_ended(database, BAD)
    path = f"/console/teach/{run_id}/use"
    editor, admin = signed_in("editor"), signed_in("admin")
    assert "An administrator can use it" in editor.get("/console/teach").text
    assert post(editor, path, "/console/teach", reason="I want it").status_code == 403
    for none in (" ", ".\u200b", "0719 123 456"):
        assert post(admin, path, "/console/teach", reason=none).status_code == 409
    assert read_choice(models).model == "old"
    assert post(admin, path, "/console/teach", reason="Swahili is being rewritten").status_code == 303
    assert read_choice(models).model == "new"
    assert acts(database) == [("model_overridden", "model new", "Swahili is being rewritten")]


def test_using_and_going_back_is_one_click_each(signed_in, database, models):
    run_id = run_ended(database, GOOD)
    editor = signed_in("editor")
    assert post(editor, f"/console/teach/{run_id}/use", "/console/teach").status_code == 303
    assert read_choice(models).model == "new"
    assert post(editor, f"/console/teach/{run_id}/use", "/console/teach").status_code == 409
    assert post(editor, "/console/teach/back", "/console/teach", in_force="new").status_code == 303
    assert read_choice(models).model == "old"
    too_late = post(editor, "/console/teach/back", "/console/teach", in_force="new")
    assert too_late.status_code == 409
    assert "put in use since" in too_late.text
    assert read_choice(models).model == "old"
    assert [act for act, _, _ in acts(database)] == ["model_in_force", "model_taken_back"]
    assert post(editor, "/console/teach/99/use", "/console/teach").status_code == 409


@pytest.mark.parametrize("language", ["en", "fr", "pt", "sw"])
@pytest.mark.parametrize("plan", [GOOD, BAD, {"state": "failed", "error": "<i>x</i>"}, {"state": "unchanged"}])
def test_every_outcome_is_shown_in_every_language(app, signed_in, database, models, language, plan):
    editor = signed_in("editor", "asha")
    with database.transaction() as session:
        session.scalars(select(Staff).where(Staff.name == "asha")).one().language = language
    run_ended(database, plan)
    page = editor.get("/console/teach")
    assert page.status_code == 200
    assert "<i>x</i>" not in page.text


def group_page(browser, text):
    listed = browser.get("/console/unanswered").text
    (path,) = re.findall(rf'href="(/console/unanswered/[0-9a-f]+)"><bdi>{re.escape(text)}', listed)
    return path


def test_questions_are_dismissed_and_do_not_come_back(signed_in, database, vault):
    say(database, vault, MISSED)
    editor = signed_in("editor")
    path = group_page(editor, "quel temps fait-il")
    assert post(editor, path, path, do="dismiss").status_code == 422
    hashed = path.rsplit("/")[-1]
    assert post(editor, path, path, do="dismiss", chosen=hashed).headers["location"] == "/console/unanswered"
    assert "quel temps" not in editor.get("/console/unanswered").text
    assert post(editor, path, "/console/unanswered", do="dismiss", chosen=hashed).status_code == 303
    assert acts(database) == [("questions_dismissed", "questions: 1", None)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"do": "assign", "topic": ""}, "Choose a topic."),
        ({"do": "assign", "topic": "../x"}, "Choose a topic."),
        ({"do": "new", "new_topic": "Bad Name", "group": "money"}, "cannot be used"),
        ({"do": "new", "new_topic": "receipts", "group": "money"}, "cannot be used"),
        ({"do": "new", "new_topic": "emergency", "group": "money"}, "cannot be used"),
        ({"do": "new", "new_topic": "out_of_scope", "group": "money"}, "cannot be used"),
        ({"do": "new", "new_topic": "tax_abroad", "group": "nowhere"}, "could not be taken"),
    ],
)
def test_what_cannot_be_decided_is_told_and_keeps_what_was_typed(signed_in, database, vault, fields, told):
    say(database, vault, MISSED)
    editor = signed_in("editor")
    path = group_page(editor, "quel temps fait-il")
    hashed = path.rsplit("/")[-1]
    page = post(editor, path, path, chosen=hashed, **{f"text-{hashed}": "quel temps ici"}, **fields)
    assert page.status_code == 422
    assert told in page.text
    assert "quel temps ici" in page.text
    assert acts(database) == []


def test_accepting_nothing_is_told(signed_in, database, vault):
    say(database, vault, MISSED)
    editor = signed_in("editor")
    path = group_page(editor, "quel temps fait-il")
    hashed = path.rsplit("/")[-1]
    page = post(editor, path, path, do="assign", topic="receipts", chosen=hashed, **{f"text-{hashed}": " "})
    assert page.status_code == 422
    assert "Choose at least one" in page.text
    assert acts(database) == []


def test_a_page_beyond_the_last_shows_the_last(signed_in, database, vault):
    say(database, vault, MISSED)
    editor = signed_in("editor")
    for page in ("99", "0", "x", "٢"):
        assert "quel temps fait-il" in editor.get(f"/console/unanswered?page={page}").text


def test_a_strangers_text_cannot_disturb_the_list_nor_the_questions(signed_in, database, vault):
    say(database, vault, [("en", "who \u202estamps\x1b[31m my paper at the desk", "nlu_fallback", 0.2)])
    editor = signed_in("editor")
    page = editor.get("/console/unanswered").text
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_a_new_topic_begins_as_a_draft_with_its_questions(signed_in, database, vault):
    say(database, vault, MISSED)
    editor = signed_in("editor")
    path = group_page(editor, "quel temps fait-il")
    hashed = path.rsplit("/")[-1]
    done = post(editor, path, path, do="new", new_topic="weather", group="journey", chosen=hashed)
    assert done.headers["location"] == "/console/content/edit/faq/journey/weather.yml"
    page = editor.get(done.headers["location"])
    assert page.status_code == 200
    assert "quel temps fait-il" in page.text
    with database.reading() as session:
        assert [(r.path, r.state) for r in session.scalars(select(Revision))] == [("faq/journey/weather.yml", "draft")]
    assert acts(database) == [("questions_accepted", "topic weather: 1", None)]


def test_from_a_missed_question_to_the_model_in_use_and_back(served, browser, tmp_path):
    settings, database = served
    vault = AddressVault(settings.address_secret())
    settings.models_dir.mkdir(exist_ok=True)
    for name in ("salama-0123456789abcdef.tar.gz", "salama-fedcba9876543210.tar.gz"):
        (settings.models_dir / name).touch()
    old, new = "salama-0123456789abcdef.tar.gz", "salama-fedcba9876543210.tar.gz"
    choose(settings.models_dir, old, "s")
    workers.report(settings.var_dir, workers.Worker("engine", os.getpid(), old))
    say(database, vault, MISSED)
    stopped = threading.Event()
    command = [sys.executable, "-c", TRAINS, settings.database]
    teacher = Teacher(database, lambda run_id: [*command, str(run_id), str(tmp_path)])
    thread = threading.Thread(target=teacher.run, args=(stopped,))
    thread.start()
    try:
        walk = Walk(signed(browser, settings, database, "asha", "editor"), f"http://127.0.0.1:{settings.port}")
        page = walk.page
        walk.go("/console/unanswered")
        walk.look("unanswered")
        assert "712" not in page.content()
        page.get_by_role("link", name="who can help me with my receipt papers").click()
        walk.look("group")
        page.get_by_label("Wording 2", exact=True).fill("who helps with receipts")
        page.select_option("#topic", "receipts")
        walk.press("Accept as its questions")
        assert "Questions accepted for “Receipts”: 2" in page.get_by_role("status").inner_text()
        walk.look("accepted")
        with database.reading() as session:
            revision = session.scalars(select(Revision)).one()
        assert (revision.state, revision.path) == ("published", "faq/recruitment/receipts.yml")
        assert "- who can help me with my receipt papers\n" in revision.text
        assert "- who helps with receipts" in revision.text

        (tmp_path / "plan.json").write_text(json.dumps({**GOOD, "model": new, "compared_with": old, "shipped": "s"}))
        page.get_by_role("link", name="Teach", exact=True).click()
        assert "Accepted questions since the last teaching: 2." in page.content()
        walk.look("teach")
        walk.press("Teach now")
        page.get_by_role("heading", name="Training").wait_for()
        walk.look("training")
        (tmp_path / "go").touch()
        page.get_by_role("button", name="Put in use").wait_for()
        walk.look("compared")
        assert page.get_by_role("region", name="By language").get_by_role("row").count() == 4
        walk.press("Put in use")
        assert read_choice(settings.models_dir).model == new
        walk.look("in-use")
        walk.press("Go back to the former model")
        assert read_choice(settings.models_dir).model == old
        walk.look("back")

        (tmp_path / "plan.json").write_text(json.dumps({**BAD, "model": new, "compared_with": old, "shipped": "s"}))
        chief = Walk(
            signed(browser, settings, database, "baraka", "admin", viewport={"width": 360, "height": 740}),
            walk.base,
        )
        chief.shot = 20
        chief.go("/console/teach")
        chief.press("Teach now")
        chief.page.get_by_label("Why it should be used all the same").wait_for()
        chief.look("below-floor-phone")
        chief.fill(reason="Swahili is being rewritten this week")
        chief.press("Put in use all the same")
        assert read_choice(settings.models_dir).model == new
        chief.look("overridden-phone")
        chief.go("/console/unanswered")
        chief.look("unanswered-phone")
        chief.page.get_by_role("link", name="mbona sijapewa karatasi").click()
        chief.look("group-phone")
    finally:
        stopped.set()
        thread.join()


def signed(browser, settings, database, name, role, **options):
    context = browser.new_context(**options)
    token = token_for(database, add_staff(database, name, role))
    context.add_cookies([{"name": "salama_console", "value": token, "url": f"http://127.0.0.1:{settings.port}"}])
    return context
