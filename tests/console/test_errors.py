"""Pages for when something does not work; what every page has in common."""

import re
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from bot.console.app import PAGES, create_console
from tests.console.conftest import add_staff, token_for


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


async def fault(_visit):
    raise RuntimeError("the telephone number +254700000001")


async def gone(_visit):
    raise OperationalError("SELECT 1", None, Exception("hunter2"))


async def teapot(_visit):
    raise HTTPException(418)


@pytest.mark.parametrize(
    ("handler", "status", "told"),
    [
        (fault, 500, "This is our fault"),
        (gone, 503, "The database does not answer"),
        (teapot, 418, "That was not understood"),
    ],
)
def test_what_fails_behind_a_page_is_told_kindly_and_without_details(
    settings, database, vault, store, handler, status, told
):
    pages = [replace(page, handler=handler) if page.path == "/account" else page for page in PAGES]
    app = Starlette(routes=[create_console(settings, database, vault, store, None, pages)])
    with TestClient(app) as client:
        client.cookies.set("salama_console", token_for(database, add_staff(database, "amina")))
        answer = client.get("/console/account")
    assert answer.status_code == status
    assert told in answer.text
    assert "254700000001" not in answer.text + str(answer.headers)
    assert "hunter2" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_database_that_is_gone_is_told_kindly_too(settings, store, monkeypatch):
    from bot.gateway.app import create_app

    monkeypatch.setattr("bot.gateway.app.live_content", lambda _database, _root: store)
    lost = settings.copy(update={"database_url": "postgresql://salama:hunter2@127.0.0.1:1/none"})
    with TestClient(create_app(lost), follow_redirects=False) as client:
        client.cookies.set("salama_console", "x")
        answer = client.get("/console/account")
        assert answer.status_code == 503
        assert "The database does not answer" in answer.text
        assert client.get("/console/nowhere").status_code == 404
        client.cookies.clear()
        assert client.get("/console/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/console/nowhere", 404),
        ("GET", "/console/static/nowhere.css", 404),
        ("GET", "/console/static/../app.py", 404),
        ("GET", "/console/sign-out", 405),
        ("DELETE", "/console/sign-in", 405),
        ("PUT", "/console/", 405),
    ],
)
def test_what_is_not_there(app, method, path, status):
    with TestClient(app) as client:
        answer = client.request(method, path)
    assert answer.status_code == status
    assert '<main id="main"' in answer.text


def test_every_page_keeps_to_its_own_scripts_and_is_not_kept(signed_in):
    browser = signed_in("admin")
    for path in ("", "account", "account/second-step", "staff", "audit", "sign-in"):
        answer = browser.get(f"/console/{path}")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers.get_list("referrer-policy") == ["same-origin"]
        assert answer.headers["cache-control"] == "no-store"
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert "<script>" not in answer.text


def test_files_are_kept_for_good_under_an_address_that_changes_with_them(app):
    with TestClient(app) as client:
        for link in re.findall(r'(?:href|src)="(/console/static/[^"]+)"', client.get("/console/sign-in").text):
            assert "immutable" in client.get(link).headers["cache-control"]
            assert client.get(link.partition("?")[0]).headers["cache-control"] == "no-store"


def test_the_gateway_keeps_its_own_policy_for_the_rest(app):
    with TestClient(app) as client:
        assert client.get("/chat").headers.get_list("referrer-policy") == ["no-referrer"]
        assert client.get("/console", follow_redirects=False).headers["location"].endswith("/console/")


@pytest.mark.parametrize(
    "cookie",
    [
        "x",
        "W10=",
        "bnVsbA==",
        "WyJiYXNlLnRpdGxlIiwgNV0=",
        "WyJuby5zdWNoIiwge31d",
        "WyJhdWRpdC5wZXJzb24iXQ==",
        "W1tb" * 1000,  # lists in lists, too deep to read
    ],
)
def test_a_forged_message_cookie_says_nothing(app, cookie):
    with TestClient(app) as client:
        client.cookies.set("salama_said", cookie)
        answer = client.get("/console/sign-in")
    assert answer.status_code == 200
    assert 'class="said"' not in answer.text


@pytest.mark.parametrize(("header", "language"), [("fr-CM,en;q=0.5", "fr"), ("zh", "en"), ("", "en")])
def test_the_sign_in_page_speaks_the_browsers_language_or_the_one_that_is_chosen(app, header, language):
    with TestClient(app) as client:
        assert f'<html lang="{language}">' in client.get("/console/sign-in", headers={"accept-language": header}).text
        chosen = client.get("/console/sign-in?lang=sw", headers={"accept-language": header})
        assert '<html lang="sw">' in chosen.text
