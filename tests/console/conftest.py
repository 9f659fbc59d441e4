"""A gateway with the console, and browsers signed in with any role."""

import datetime as dt
import re

import pytest
from starlette.testclient import TestClient

from bot.console import sessions
from bot.console.tables import Staff
from bot.conversations.worker import now
from bot.gateway.app import create_app
from bot.settings import load_settings


@pytest.fixture
def settings(database, tmp_path):
    return load_settings(database_url=database.url.render_as_string(hide_password=False), var_dir=tmp_path)


@pytest.fixture
def app(settings):
    return create_app(settings)


def add_staff(database, name, role="viewer", **values):
    """A member of staff without a password; returns the id."""
    with database.transaction() as session:
        staff = Staff(name=name, role=role, language="en", created_at=now(), **values)
        session.add(staff)
        session.flush()
        return staff.id


def token_for(database, staff_id, at=None):
    """A session's token, as sign-in would give."""
    with database.transaction() as session:
        return sessions.open_session(session, staff_id, "test", False, at or dt.datetime.now(dt.timezone.utc))


@pytest.fixture
def signed_in(app, database):
    """signed_in("counsellor") is a browser of a counsellor who is signed in; redirects are not followed."""
    made = []

    def browser(role, name=None):
        client = TestClient(app, follow_redirects=False)
        made.append(client)
        name = name or f"{role}{len(made)}"
        client.cookies.set("salama_console", token_for(database, add_staff(database, name, role)))
        return client

    yield browser
    for client in made:
        client.close()


def csrf(page):
    """The form token of a page."""
    return re.search(r'name="csrf" value="([0-9a-f]+)"', page.text).group(1)


def post(client, path, form_page="/console/", **fields):
    """Post a form as a browser does: with the token of a page."""
    return client.post(path, data={"csrf": csrf(client.get(form_page)), **fields})
