"""Editors at work on the content: the whole way of a change in a browser without scripts."""

import datetime as dt
import shutil

import pytest
from starlette.testclient import TestClient

from bot.editing import workflow
from bot.editing.tables import State
from bot.gateway.app import create_app
from bot.settings import ROOT
from tests.console.conftest import add_staff, csrf, post, token_for
from tests.console.edit_pages import EDIT, HISTORY, TOPIC, back, bare, fields, save, step

SOON = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def database(sqlite_database):
    """SQLite alone: what is stored is tested on both in tests/editing, and each publication checks all content."""
    return sqlite_database


def newest(database):
    with database.reading() as session:
        return workflow.history(session, TOPIC)[0]


@pytest.mark.parametrize("shelf", ["topics", "countries", "centres", "replies"])
def test_every_shelf_lists_what_there_is(asha, shelf):
    page = asha.get(f"/console/content?shelf={shelf}")
    assert page.status_code == 200
    assert page.text.count("/console/content/edit/") > 7
    assert len(page.content) < 100_000


def test_the_list_is_filtered_by_words_and_by_what_needs_attention(asha):
    assert asha.get("/console/content?q=agency+fees").text.count("/content/edit/") == 1
    assert asha.get("/console/content?show=stale").text.count("/content/edit/") == 0


@pytest.mark.parametrize(
    "path",
    [
        TOPIC,
        "countries/KE.yml",
        "countries/PH.yml",
        "centres/TZ.yml",
        "responses/emergency.yml",
        "responses/registry.yml",
    ],
)
def test_an_unchanged_form_saves_the_same_text(asha, database, path):
    page = asha.get(f"/console/content/edit/{path}")
    assert page.status_code == 200
    assert "SMS" in page.text
    sent = asha.post(f"/console/content/edit/{path}", data={**fields(page), "do": "save"})
    assert sent.status_code == 303
    with database.reading() as session:
        saved = workflow.history(session, path)[0].text
    assert saved == (ROOT / "content" / path).read_text(encoding="utf-8")


def test_a_plain_change_is_published_by_its_author(asha, database, app):
    sent = save(asha, "publish", **{"en.title": "Fees of agents"})
    page = asha.get(sent.headers["location"])
    assert "People read it within 5 seconds" in page.text
    assert newest(database).state == State.PUBLISHED.value


def test_a_change_of_facts_goes_past_a_second_pair_of_eyes(asha, ben, database):
    sent = save(asha, "publish", **{"source0.date": "2025-01-01"})
    assert "a colleague must look at it first" in asha.get(sent.headers["location"]).text
    page = asha.get(sent.headers["location"])
    assert 'value="publish"' not in page.text
    location = sent.headers["location"]
    asha.post(location, data={"csrf": csrf(page), "do": "submit", "why": "the page was updated"})
    assert newest(database).state == State.IN_REVIEW.value
    review = ben.get(location)
    assert "2025-01-01" in review.text
    step(ben, location, "publish", review)
    published = newest(database)
    assert (published.state, published.author, published.reviewer) == (State.PUBLISHED.value, "asha", "ben")


def test_a_broken_edit_is_kept_as_a_draft_and_says_what_is_wrong(asha, database):
    sent = save(asha, "publish", **{"fr.sms": "x" * 300})
    page = asha.get(sent.headers["location"])
    assert "something is wrong with the text" in page.text
    assert "at most 270 characters" in page.text
    assert "x" * 300 in newest(database).text
    assert newest(database).state == State.DRAFT.value


def test_checking_saves_nothing_and_shows_the_posted_text(asha, database):
    page = save(asha, "check", **{"en.title": "A title that is far too long"})
    assert "A title that is far too long" in page.text
    assert "at most 20 characters" in page.text
    with database.reading() as session:
        assert workflow.history(session, TOPIC) == []
    fragment = asha.post(f"/console/content/check/{TOPIC}", data={**fields(asha.get(EDIT)), "en.title": "<b>Fees</b>"})
    assert "&lt;b&gt;" in fragment.text or "Nothing is wrong" in fragment.text
    assert "<html" not in fragment.text


def test_two_editors_are_warned_and_neither_loses_text(asha, ben, database):
    first, second = asha.get(EDIT), ben.get(EDIT)
    save(asha, "save", first, **{"en.title": "By Asha"})
    assert "asha is also changing this text" in ben.get(EDIT).text
    save(asha, "publish", asha.get(EDIT))
    sent = save(ben, "publish", second, **{"en.title": "By Ben"})
    page = ben.get(sent.headers["location"])
    assert "changed meanwhile" in page.text
    assert "By Asha" in bare(page)
    assert "By Ben" in bare(page)
    location = sent.headers["location"]
    ben.post(location, data={"csrf": csrf(page), "do": "take_up"})
    step(ben, location, "publish")
    assert "By Ben" in newest(database).text
    assert newest(database).state == State.PUBLISHED.value


def test_two_windows_of_one_editor_keep_both_texts(asha, database):
    save(asha, "save", **{"en.title": "Start"})
    first, second = asha.get(EDIT), asha.get(EDIT)
    save(asha, "save", first, **{"en.title": "Window one"})
    sent = save(asha, "save", second, **{"en.title": "Window two"})
    assert "/content/compare/" in sent.headers["location"]
    page = asha.get(sent.headers["location"])
    assert "Window one" in bare(page)
    assert "Window two" in bare(page)


def test_broken_yaml_is_kept_and_shown_again(asha, database):
    page = asha.get(f"{EDIT}?as=yaml")
    sent = asha.post(EDIT, data={**fields(page), "text": "id: [", "do": "submit", "reason": "test"})
    assert newest(database).text == "id: [\n"
    assert "not valid YAML" in asha.get(sent.headers["location"]).text
    assert "id: [" in asha.get(EDIT).text


def test_rolling_back_from_the_history(asha, database):
    save(asha, "publish", **{"en.title": "Wrong title"})
    sent = back(asha, why="it was wrong")
    assert "The former text is back" in asha.get(sent.headers["location"]).text
    assert newest(database).state == State.SUPERSEDED.value


TIMES = [
    ("", "Choose a day"),
    ("2020-01-01T10:00", "has passed"),
    ("9999-12-31T23:00-05:00", "Choose a day"),
    ("2099-01-01T10:00", "within the next year"),
    (f"{SOON}+05:00", "at that time"),
]


def test_scheduling_needs_a_time_to_come(asha, database):
    location = save(asha, "save", **{"en.title": "Later"}).headers["location"]
    for at, said in TIMES:
        step(asha, location, "schedule", at=at)
        assert said in asha.get(location).text, at
    scheduled = newest(database)
    assert scheduled.state == State.SCHEDULED.value
    assert scheduled.publish_at == dt.datetime.fromisoformat(f"{SOON}+05:00")


@pytest.mark.parametrize("role", ["viewer", "counsellor", "registry"])
def test_others_may_read_and_not_change(signed_in, role):
    browser = signed_in(role)
    assert browser.get("/console/content").status_code == 200
    assert browser.get("/console/content/revisions").status_code == 200
    assert browser.get(EDIT).status_code == 403
    assert post(browser, f"/console/content/history/{TOPIC}", to="", why="x").status_code == 403


def test_a_conflict_with_a_file_shows_both_texts_and_how_to_solve_it(settings, database, tmp_path):
    root = shutil.copytree(ROOT / "content", tmp_path / "content")
    app = create_app(settings.copy(update={"content_dir": root}))
    with TestClient(app, follow_redirects=False) as browser:
        browser.cookies.set("salama_console", token_for(database, add_staff(database, "cleo", "editor")))
        location = save(browser, "publish", **{"en.title": "Published"}).headers["location"]
        file = root / TOPIC
        file.write_text(file.read_text(encoding="utf-8").replace("Agency fees", "From git"), encoding="utf-8")
        assert TOPIC.split("/")[-1].removesuffix(".yml") in browser.get("/console/content?show=conflict").text
        page = bare(browser.get(location))
        assert "From git" in page
        assert "Published" in page
        assert "Files that were changed" in browser.get("/console/content/revisions").text
        save(browser, "publish", **{"en.title": "Of both"})
        assert "Files that were changed" not in browser.get("/console/content/revisions").text


def test_what_refuses_a_publication_stands_in_its_history(asha):
    location = save(asha, "save", **{"en.title": "x" * 30}).headers["location"]
    step(asha, location, "publish")
    assert f"{TOPIC}:19: error: languages.en.title" in asha.get(location).text


@pytest.mark.parametrize(("do", "values"), [("publish", {}), ("schedule", {"at": SOON})])
def test_an_old_page_does_not_publish_a_text_it_did_not_show(asha, ben, database, do, values):
    location = save(asha, "submit", **{"en.title": "Seen", "reason": "x"}).headers["location"]
    old = ben.get(location)
    step(ben, location, "send_back", old)
    save(asha, "submit", **{"en.title": "Unseen", "reason": "x"})
    for page in (old, None):
        sent = step(ben, location, do, page, **values)
        if page:
            assert "changed since you looked" in ben.get(sent.headers["location"]).text
            assert newest(database).state == State.IN_REVIEW.value
    assert newest(database).state != State.IN_REVIEW.value
    assert "Unseen" in newest(database).text


def test_an_old_history_does_not_take_a_newer_text_away(asha, database):
    save(asha, "publish", **{"en.title": "First"})
    first = newest(database).id
    save(asha, "publish", **{"en.title": "Second"})
    old = asha.get(HISTORY)
    save(asha, "publish", **{"en.title": "Third"})
    sent = back(asha, old, str(first), why="x")
    assert "changed since you looked" in asha.get(sent.headers["location"]).text
    assert "Third" in newest(database).text
    for said in ("The former text is back", "People read that text already"):
        sent = back(asha, old if said.startswith("People") else None, str(first), why="x")
        assert said in asha.get(sent.headers["location"]).text
    with database.reading() as session:
        assert len(workflow.history(session, TOPIC)) == 4
