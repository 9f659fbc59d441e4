"""Every route with every role and with none: the right that a page names decides, and nothing else."""

import re
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from bot.console.app import PAGES, create_console
from bot.console.csrf import csrf_token
from bot.console.roles import RIGHTS, Right, Role
from bot.console.routing import VISITOR_COOKIE, GuardedRoute
from tests.console.conftest import add_staff, token_for

PUBLIC = {"/sign-in", "/sign-in/code", "/welcome/{token}"}
VIEWS = {"view_conversations", "view_content", "view_registry", "view_dashboard", "own_account", "public"}
MAY = {
    "viewer": VIEWS,
    "counsellor": VIEWS | {"answer", "unmask"},
    "editor": VIEWS | {"edit_content", "review_content", "teach"},
    "registry": VIEWS | {"edit_registry"},
    "admin": {right.value for right in Right},
}
CALLS = [(page, method) for page in PAGES for method in page.methods]
REACHED = 299


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


def test_roles_have_the_rights_that_were_agreed():
    assert {role.value: {right.value for right in rights} for role, rights in RIGHTS.items()} == MAY


def test_no_route_goes_around_the_guard(app):
    (console,) = [route for route in app.routes if getattr(route, "path", "") == "/console"]
    others = [route for route in console.routes if not isinstance(route, GuardedRoute)]
    assert [(type(other), type(other.app)) for other in others] == [(Mount, StaticFiles)]
    declared = [(page.path, page.methods) for page in PAGES]
    assert [(route.page.path, route.page.methods) for route in console.routes if route not in others] == declared
    assert all(isinstance(page.right, Right) for page in PAGES)


def test_only_these_pages_are_for_everybody():
    assert {page.path for page in PAGES if page.right is Right.PUBLIC} == PUBLIC


def test_there_are_no_other_methods():
    assert {method for _, method in CALLS} <= {"GET", "POST"}


async def reached(_visit):
    return Response(status_code=REACHED)


@pytest.fixture
def doors(settings, database, vault, store):
    """The console with its guards, and nothing behind them."""
    pages = [replace(page, handler=reached) for page in PAGES]
    app = Starlette(routes=[create_console(settings, database, vault, store, None, pages)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def knock(client, page, method, secret):
    path = re.sub(r"\{\w+:int\}", "1", page.path)
    path = "/console" + re.sub(r"\{\w+(:\w+)?\}", "x", path)
    return client.request(method, path, data={"csrf": csrf_token(secret)} if method == "POST" else None)


@pytest.mark.parametrize("role", Role)
def test_every_route_with_every_role(doors, database, role):
    token = token_for(database, add_staff(database, "somebody", role.value))
    doors.cookies.set("salama_console", token)
    doors.cookies.set(VISITOR_COOKIE, token)
    for page, method in CALLS:
        expected = REACHED if page.right.value in MAY[role.value] else 403
        assert knock(doors, page, method, token).status_code == expected, (page.path, method)


def test_every_route_with_nobody(doors):
    doors.cookies.set(VISITOR_COOKIE, "x")
    for page, method in CALLS:
        answer = knock(doors, page, method, "x")
        if page.right is Right.PUBLIC:
            assert answer.status_code == REACHED, page.path
        elif method == "GET":
            assert answer.status_code == 303, page.path
            assert answer.headers["location"].startswith("/console/sign-in")
        else:
            assert answer.status_code == 401, page.path


def test_every_route_with_a_password_but_no_code_is_as_with_nobody(doors, database):
    token = token_for(database, add_staff(database, "halfway", "admin"), awaits_code=True)
    doors.cookies.set("salama_console", token)
    for page, method in CALLS:
        if page.right is not Right.PUBLIC:
            assert knock(doors, page, method, token).status_code in (303, 401), page.path


def test_every_post_without_a_good_form_token_is_refused(doors, database):
    mine = token_for(database, add_staff(database, "me", "admin"))
    anothers = token_for(database, add_staff(database, "another", "admin"))
    doors.cookies.set("salama_console", mine)
    doors.cookies.set(VISITOR_COOKIE, mine)
    for page, method in CALLS:
        if method == "POST":
            for secret in ("", anothers, "x"):
                assert knock(doors, page, method, secret).status_code == 403, page.path
            assert doors.post("/console" + page.path.replace("{id:int}", "1")).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, REACHED),
        ({"origin": "http://testserver"}, REACHED),
        ({"origin": "http://127.0.0.1:8080"}, REACHED),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, REACHED),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://testserver"}, 403),
        ({"sec-fetch-site": "none"}, 403),
    ],
)
def test_a_post_from_another_site_is_refused_even_with_a_good_token(doors, database, headers, status):
    token = token_for(database, add_staff(database, "me", "admin"))
    doors.cookies.set("salama_console", token)
    answer = doors.post("/console/account/language", data={"csrf": csrf_token(token)}, headers=headers)
    assert answer.status_code == status


def test_a_body_larger_than_a_page_takes_is_refused(doors, database):
    token = token_for(database, add_staff(database, "me", "admin"))
    doors.cookies.set("salama_console", token)
    fields = {"csrf": csrf_token(token), "language": "x" * 300_000}
    assert doors.post("/console/account/language", data=fields).status_code == 413
    endless = (b"a=b&" * 1000 for _ in range(100))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert doors.post("/console/account/language", content=endless, headers=headers).status_code == 413


@pytest.mark.parametrize("language", ["en", "fr", "pt", "sw"])
def test_every_page_that_needs_no_more_than_its_address_opens_in_every_language(app, database, language):
    with TestClient(app, follow_redirects=False) as client:
        client.cookies.set("salama_console", token_for(database, add_staff(database, "me", "admin", language=language)))
        for page in PAGES:
            if page.methods == ("GET",) and "{" not in page.path and page.keeps_awake:
                answer = client.get("/console" + page.path)
                assert answer.status_code in (200, 303), page.path
                if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                    assert f'<html lang="{language}">' in answer.text, page.path
