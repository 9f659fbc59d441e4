"""What attackers and clumsy hands post to the pages of the content: answered, shown harmlessly, never in force."""

import pytest

from bot.editing import workflow
from tests.console.conftest import post
from tests.console.edit_pages import EDIT, TOPIC, bare, fields, save


@pytest.fixture
def database(sqlite_database):
    """SQLite alone: what is stored is tested on both in tests/editing, and each publication checks all content."""
    return sqlite_database


@pytest.mark.parametrize(
    "path",
    [
        "emergency/en.yml",
        "..%2F.env",
        "registries/ke.yml",
        "faq/x/unknown.yml",
        "responses//emergency.yml",  # the same file, which would be checked as another
        "faq/%2e/recruitment/receipts.yml",
    ],
)
def test_other_files_cannot_be_opened(asha, path):
    assert asha.get(f"/console/content/edit/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/content/revisions/7",
        f"/content/revisions/{10**30}",
        f"/content/edit/{TOPIC}?revision=7",
        f"/content/edit/{TOPIC}?revision={10**30}",
        "/content/compare/1/2",
        "/content/history/emergency/en.yml",
    ],
)
def test_what_is_not_there_is_said_kindly(asha, path):
    assert asha.get(f"/console{path}").status_code == 404


def test_hostile_text_is_shown_harmlessly(asha):
    hostile = "<script>alert(1)</script>\u202e{{ 7*7 }}"
    page = save(asha, "check", **{"en.title": hostile, "reason": hostile})
    assert "<script>alert" not in page.text
    location = save(asha, "save", **{"en.answer": hostile * 9, "reason": hostile}).headers["location"]
    assert "<script>alert" not in asha.get(location).text
    assert "49" not in bare(asha.get(location)).split("What next?")[0].split("What changes")[1][:400]


UNSAFE = {"brackets": "[" * 40_000, "alias of itself": "a: &a [*a]", "bomb": "a: &a [x]\nb: [*a, *a]"}


@pytest.mark.parametrize("text", UNSAFE.values(), ids=UNSAFE)
def test_a_text_that_would_stop_the_gateway_is_told_so_shown_again_and_not_kept(asha, database, text):
    path = "/console/content/edit/responses/desk.yml"
    form = {**fields(asha.get(f"{path}?as=yaml")), "text": text}
    told = "nested more than 20" if text[0] == "[" else "anchors"
    assert told in asha.post(path.replace("/edit/", "/check/"), data=form).text
    assert told in asha.post(path, data={**form, "do": "check"}).text
    page = asha.post(path, data={**form, "do": "save"})
    assert page.status_code == 200
    assert "Not saved" in page.text
    assert told in page.text
    assert fields(page)["text"].strip() == text
    with database.reading() as session:
        assert workflow.history(session, "responses/desk.yml") == []


NINES = "9" * 30
SAVE = {"do": "save", "text": "a: b"}
STRANGE = [
    (f"/content/revisions/{NINES}", {"do": "publish", "version": "1"}, 404),
    (f"/content/revisions/{NINES}", {"do": "withdraw"}, 404),
    (f"/content/history/{TOPIC}", {"to": NINES, "why": "x"}, 404),
    (f"/content/history/{TOPIC}", {"to": "9" * 5000, "why": "x"}, 404),
    (f"/content/edit/{TOPIC}", {"do": "save", "text": "a: b", "parent": "424242"}, 303),
    (f"/content/edit/{TOPIC}", {"do": "save", "text": "a: b", "parent": NINES}, 303),
    (
        f"/content/edit/{TOPIC}",
        {**SAVE, "revision": NINES, "version": NINES, "base": NINES * 9},
        303,
    ),
    (f"/content/edit/faq/{'é' * 140}.yml", {"do": "save", "text": "a: b"}, 404),
    (f"/content/edit/{TOPIC}/more.yml", {"do": "check", "text": "a: b"}, 200),
    (f"/content/edit/{TOPIC}", {"do": "check", "text": "id: x\nsources: 5\nlanguages: {en: 1}"}, 200),
    (f"/content/edit/{TOPIC}", {"do": "check", "text": "sources: [x]\nlanguages: {en: {title: a}}"}, 200),
    (f"/content/edit/{TOPIC}", {"do": "check", "text": "buttons: 5\nfacts: 7\nlanguages: {en: {questions: 5}}"}, 200),
    (f"/content/edit/{TOPIC}", {"do": "check", "text": "languages: [en]"}, 200),
    (f"/content/edit/{TOPIC}", {"do": "check", "text": "1: {2: 3}\n? 2026-01-01\n: {en: 2}"}, 200),
    ("/content/edit/responses/desk.yml", {"do": "check", "text": "[1, 2]"}, 200),
    ("/content/edit/responses/desk.yml", {"do": "check", "text": "a: {languages: 5}\n7: {languages: {en: 5}}"}, 200),
    ("/content/edit/menus/main.yml", {"do": "check", "text": "a: 5"}, 200),
    ("/content/edit/countries/KE.yml", {"do": "check", "text": "facts: 5\ncountry: [1]"}, 200),
    ("/content/edit/centres/KE.yml", {"do": "check", "text": "5"}, 200),
]


@pytest.mark.parametrize(("path", "posted", "status"), STRANGE)
def test_strange_forms_are_answered_and_are_no_fault(asha, path, posted, status):
    assert post(asha, f"/console{path}", **posted).status_code == status


def test_a_draft_of_any_shape_can_be_opened_and_mended(asha):
    for shape in ("sources: 5\nlanguages: {en: 1}", "languages: {en: {questions: 7}}\nbuttons: 3"):
        location = save(asha, "save", asha.get(f"{EDIT}?as=yaml"), text=shape).headers["location"]
        assert asha.get(location).status_code == 200
        assert asha.get(EDIT).status_code == 200
        old_form = {"en.title": "x", "button0": "menu", "source0.name": "y"}
        form = {key: value for key, value in fields(asha.get(EDIT)).items() if key != "text"}
        assert asha.post(EDIT, data={**form, **old_form, "do": "check"}).status_code == 200
