"""A gateway with the console, and browsers signed in with any role."""

import re
import shutil
import threading
import time

import pytest
import uvicorn
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from bot.console import sessions
from bot.console.tables import Staff
from bot.conversations.worker import now
from bot.gateway.app import create_app
from bot.knowledge.store import KnowledgeStore
from bot.settings import load_settings
from bot.storage.database import Database
from tests.channels.serving import free_port

PASSWORD = "four plain green words"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASHED = CHEAP.hash(PASSWORD)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch):
    monkeypatch.setattr("bot.console.passwords._HASHER", CHEAP)
    monkeypatch.setattr("bot.console.passwords._NOBODYS", HASHED)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("migrated") / "salama.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def sqlite_database(migrated, tmp_path):
    """For tests of what no database has a part in; a module that wants it defines `database` by it."""
    database = Database(f"sqlite:///{shutil.copy(migrated, tmp_path / 'salama.db')}")
    yield database
    database.close()


@pytest.fixture
def settings(database, tmp_path):
    return load_settings(database_url=database.url.render_as_string(hide_password=False), var_dir=tmp_path)


@pytest.fixture(scope="session")
def store(content_dir):
    """The content, read once for all tests."""
    return KnowledgeStore(content_dir)


@pytest.fixture
def app(settings, database, store, monkeypatch):
    monkeypatch.setattr("bot.gateway.app.Database", lambda _url: database)  # which is closed after the test
    monkeypatch.setattr("bot.gateway.app.live_content", lambda _database, _root: store)
    return create_app(settings)


def add_staff(database, name, role="viewer", **values):
    """A member of staff without a password; returns the id."""
    with database.transaction() as session:
        staff = Staff(**{"name": name, "role": role, "language": "en", "created_at": now(), **values})
        session.add(staff)
        session.flush()
        return staff.id


def token_for(database, staff_id, at=None, awaits_code=False):
    """A session's token, as sign-in would give."""
    with database.transaction() as session:
        return sessions.open_session(session, staff_id, "test", awaits_code, at or now())


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


@pytest.fixture
def served(tmp_path):
    """A gateway of its own; gives its settings and database."""
    settings = load_settings(var_dir=tmp_path, port=free_port())
    database = Database(settings.database)
    database.migrate()
    config = uvicorn.Config(create_app(settings), port=settings.port, log_level="error", ws="none", server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield settings, database
    server.should_exit = True
    thread.join()
    database.close()


@pytest.fixture
def asha(signed_in):
    return signed_in("editor", "asha")


@pytest.fixture
def ben(signed_in):
    return signed_in("editor", "ben")
