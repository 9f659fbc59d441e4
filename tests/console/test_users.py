"""Administrators and the staff, on the page and on the command line."""

import re

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from bot.cli import app as salama
from bot.console import totp
from bot.console.commands import first_link
from bot.console.tables import RecoveryCode, Staff, StaffSession
from bot.conversations.worker import now
from bot.doctor import _administrator
from tests.console.conftest import add_staff, post, token_for
from tests.console.test_sign_in import acts

STAFF = "/console/staff"


def person(database, name):
    with database.reading() as session:
        return session.execute(select(Staff).where(Staff.name == name)).scalar()


@pytest.fixture
def admin(signed_in):
    return signed_in("admin", "chief")


def test_adding_somebody_shows_a_link_that_works(admin, app, database):
    page = post(admin, STAFF, STAFF, name=" Amina.K ", role="editor", language="pt")
    link = re.search(r'value="http://127.0.0.1:8080(/console/welcome/[^"]+)"', page.text).group(1)
    added = person(database, "amina.k")
    assert (added.role, added.language, added.password_hash) == ("editor", "pt", None)
    with TestClient(app) as anybody:
        assert "amina.k" in anybody.get(link).text
    assert link.split("/")[-1] not in admin.get(STAFF).text
    assert acts(database) == ["staff_added", "link_made"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "chief", "role": "viewer", "language": "en"}, 422),
        ({"name": "CHIEF", "role": "viewer", "language": "en"}, 422),
        ({"name": "<b>", "role": "viewer", "language": "en"}, 422),
        ({"name": "x" * 41, "role": "viewer", "language": "en"}, 422),
        ({"name": "", "role": "viewer", "language": "en"}, 422),
        ({"name": "juma", "role": "god", "language": "en"}, 400),
        ({"name": "juma", "role": "viewer", "language": "xx"}, 400),
        ({}, 400),
    ],
)
def test_who_cannot_be_added(admin, database, fields, status):
    assert post(admin, STAFF, STAFF, **fields).status_code == status
    with database.reading() as session:
        assert list(session.execute(select(Staff.name)).scalars()) == ["chief"]


def test_a_new_role_is_in_force_with_the_next_page(admin, signed_in, database):
    viewer = signed_in("viewer", "amina")
    assert viewer.get(STAFF).status_code == 403
    post(admin, f"{STAFF}/{person(database, 'amina').id}/role", STAFF, role="admin")
    assert viewer.get(STAFF).status_code == 200
    assert acts(database) == ["role_changed"]


def test_disabling_ends_sessions_and_enabling_lets_in_again(admin, signed_in, database):
    viewer = signed_in("viewer", "amina")
    path = f"{STAFF}/{person(database, 'amina').id}"
    assert post(admin, f"{path}/disable", path).headers["location"] == path
    assert viewer.get("/console/").status_code == 303
    assert post(admin, f"{path}/link", path).status_code == 422, "a disabled account gets no link"
    post(admin, f"{path}/enable", path)
    assert viewer.get("/console/").status_code == 303, "the old session stays closed"
    assert person(database, "amina").disabled_at is None


@pytest.mark.parametrize(("act", "fields"), [("disable", {}), ("role", {"role": "viewer"})])
def test_the_last_administrator_stays(admin, database, act, fields):
    path = f"{STAFF}/{person(database, 'chief').id}"
    add_staff(database, "invited", "admin")  # has no password, and can help nobody
    answer = post(admin, f"{path}/{act}", path, **fields)
    assert answer.status_code == 422
    assert "last administrator" in answer.text
    add_staff(database, "other", "admin", password_hash="x")
    assert post(admin, f"{path}/{act}", path, **fields).status_code == 303


def test_a_link_for_a_lost_telephone_turns_the_second_step_off(admin, database, vault):
    amina = add_staff(database, "amina", password_hash="x")
    with database.transaction() as session:
        totp.turn_on(session, vault, amina, "A" * 32, 1)
    post(admin, f"{STAFF}/{amina}/link", f"{STAFF}/{amina}")
    assert person(database, "amina").totp_secret
    post(admin, f"{STAFF}/{amina}/link", f"{STAFF}/{amina}", without_second_step="1")
    assert not person(database, "amina").totp_secret
    with database.reading() as session:
        assert session.execute(select(RecoveryCode)).first() is None
    assert acts(database) == ["link_made", "second_step_off", "link_made"]


def test_signing_somebody_out(admin, database):
    amina = add_staff(database, "amina")
    token_for(database, amina)
    post(admin, f"{STAFF}/{amina}/sign-out", f"{STAFF}/{amina}")
    with database.reading() as session:
        assert session.execute(select(StaffSession).where(StaffSession.staff_id == amina)).first() is None


@pytest.mark.parametrize("path", ["999", "0", "999/role", "999/disable"])
def test_who_does_not_exist_is_a_kind_404(admin, path):
    post_it = "/" in path
    answer = post(admin, f"{STAFF}/{path}", STAFF, role="viewer") if post_it else admin.get(f"{STAFF}/{path}")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    monkeypatch.setenv("SALAMA_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SALAMA_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments):
        return CliRunner().invoke(salama, ["staff", *arguments])

    return command


def test_staff_on_the_command_line(run, database):
    added = run("add", "Amina", "--role", "editor", "--language", "fr")
    assert "http://127.0.0.1:8080/console/welcome/" in added.output
    assert "amina" in run("list").output
    assert "editor" in run("list").output
    assert "/console/welcome/" in run("link", "amina").output
    assert run("role", "amina", "registry").exit_code == 0
    assert run("disable", "amina").exit_code == 0
    assert "disabled" in run("list").output
    assert run("enable", "amina").exit_code == 0
    assert acts(database)[0] == "staff_added"
    assert acts(database)[-1] == "staff_enabled"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["add", "x y"], "no sign-in name"),
        (["add", "taken"], "is taken"),
        (["add", "juma", "--language", "xx"], "is not spoken"),
        (["link", "nobody"], "nobody is named"),
        (["disable", "nobody"], "salama staff list"),
        (["disable", "taken"], "last administrator"),
    ],
)
def test_what_the_command_line_refuses(run, database, arguments, why):
    add_staff(database, "taken", "admin", password_hash="x")
    ran = run(*arguments)
    assert ran.exit_code != 0
    assert why in str(ran.exception)


def test_the_first_run_invites_an_administrator_until_one_can_sign_in(settings, database):
    assert not _administrator(settings).ok
    first = first_link(settings, database)
    assert "/console/welcome/" in first
    assert first_link(settings, database) != first, "a lost link is no harm: the next start gives another"
    assert not _administrator(settings).ok
    with database.transaction() as session:
        session.execute(select(Staff)).scalar().password_hash = "x"
    assert first_link(settings, database) is None
    assert _administrator(settings).ok
    with database.transaction() as session:
        session.execute(select(Staff)).scalar().disabled_at = now()
    assert first_link(settings, database) is None, "who was disabled on purpose is not invited again"
    assert not _administrator(settings).ok


def test_nobody_has_a_number_longer_than_any(admin):
    path = f"{STAFF}/{'9' * 30}"
    assert admin.get(path).status_code == 404
    assert post(admin, f"{path}/disable", STAFF).status_code == 404
    assert admin.get("/console/audit?until=9999-12-31").status_code == 200
