"""The web chat's two requests, as a browser (or somebody who is none) sends them."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.conversations.tables import Contact, Message
from bot.gateway.app import create_app
from bot.settings import load_settings


@pytest.fixture
def settings(database, tmp_path):
    return load_settings(database_url=database.url.render_as_string(hide_password=False), var_dir=tmp_path)


@pytest.fixture
def browser(settings):
    with TestClient(create_app(settings)) as client:
        client.get("/chat")
        yield client


def stored(database):
    with database.transaction() as session:
        return list(session.execute(select(Message).order_by(Message.id)).scalars())


def test_a_message_sent_three_times_is_stored_once(browser, database):
    for _ in range(3):
        assert browser.post("/chat/messages", json={"id": "12345678", "text": "hello"}).status_code == 202
    assert [m.text for m in stored(database)] == ["hello"]
    assert browser.get("/chat/messages").json()["messages"][0]["client_id"] == "12345678"


def test_two_browsers_do_not_see_or_hide_each_others_messages(settings, database):
    with TestClient(create_app(settings)) as one, TestClient(create_app(settings)) as two:
        for client, text in ((one, "from one"), (two, "from two")):
            client.get("/chat")
            client.post("/chat/messages", json={"id": "12345678", "text": text})
        assert [m["text"] for m in one.get("/chat/messages").json()["messages"]] == ["from one"]
        assert [m["text"] for m in two.get("/chat/messages").json()["messages"]] == ["from two"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"text": "x"}', "`id`"),
        (b'{"id": "short", "text": "x"}', "`id`"),
        (b'{"id": "12345678"}', "`text`"),
        (b'{"id": "12345678", "text": "   "}', "`text`"),
        (b'{"id": "12345678", "text": 7}', "`text`"),
        (b'{"id": "12345678", "text": "x", "choice": "/erase"}', "`choice`"),
        (b'{"id": "12345678", "text": "x", "choice": [1, -1]}', "`choice`"),
        (b'{"id": "12345678", "text": "x", "choice": [true, 0]}', "`choice`"),
        (b'{"id": "12345678", "text": "' + b"x" * 2001 + b'"}', "`text`"),
        (b"x" * 9000, "longer than"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_what_is_no_message_is_refused_and_not_stored(browser, database, body, why):
    answer = browser.post("/chat/messages", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert stored(database) == []


def test_without_the_cookie_or_as_a_form_nothing_is_stored(settings, database):
    with TestClient(create_app(settings)) as client:
        assert client.post("/chat/messages", json={"id": "12345678", "text": "x"}).status_code == 403
        client.get("/chat")
        form = client.post("/chat/messages", data={"id": "12345678", "text": "x"})
        assert form.status_code == 400
    assert stored(database) == []


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "<script>alert(1)</script>", "\u202egnp.exe"])
def test_odd_characters_are_stored_harmlessly(browser, database, text):
    answer = browser.post(
        "/chat/messages",
        content=b'{"id": "12345678", "text": ' + __import__("json").dumps(text).encode() + b"}",
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 202
    assert len(stored(database)) == 1


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "1 OR 1=1"])
def test_after_must_be_a_number(browser, after):
    assert browser.get("/chat/messages", params={"after": after}).status_code == 400


def test_the_cookie_is_all_that_is_known_and_it_is_stored_encrypted(browser, database):
    browser.post("/chat/messages", json={"id": "12345678", "text": "hello"})
    cookie = browser.cookies["salama_chat"]
    with database.transaction() as session:
        contact = session.execute(select(Contact)).scalar()
    assert cookie.encode() not in contact.address_encrypted
    assert cookie not in contact.address_hash + contact.id


@pytest.mark.parametrize(("header", "language"), [("fr-CM,en;q=0.5", "fr"), ("sw", "sw"), ("zh", "en"), ("", "en")])
def test_the_page_speaks_the_browsers_language(browser, header, language):
    page = browser.get("/chat", headers={"accept-language": header})
    assert f'<html lang="{language}">' in page.text


def test_page_script_and_style_weigh_under_60_kb(browser):
    parts = ("/chat", "/chat/static/chat.js", "/chat/static/chat.css")
    assert sum(len(browser.get(part).content) for part in parts) < 60_000


def test_no_page_may_run_a_foreign_or_inline_script(browser):
    policy = browser.get("/chat").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_health_and_readiness(browser, settings):
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").status_code == 200


def test_a_database_that_is_gone_is_503_not_a_lost_message(tmp_path):
    url = "postgresql://salama:hunter2@127.0.0.1:1/none"
    with TestClient(create_app(load_settings(database_url=url, var_dir=tmp_path))) as client:
        client.get("/chat")
        assert client.get("/readyz").status_code == 503
        assert client.post("/chat/messages", json={"id": "12345678", "text": "x"}).status_code == 503
        assert client.get("/chat/messages").status_code == 503
