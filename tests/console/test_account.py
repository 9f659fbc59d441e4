"""One's own account: what changes it needs the password, and ends what others may have open."""

import re

import pyotp
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.console import attempts
from bot.console.tables import Staff
from tests.console.conftest import HASHED, PASSWORD, add_staff, csrf, post, token_for
from tests.console.test_sign_in import acts

NEW = "five other yellow words"
ACCOUNT = "/console/account"


@pytest.fixture
def amina(database):
    return add_staff(database, "amina", "viewer", password_hash=HASHED)


@pytest.fixture
def browsers(app, database, amina):
    """Two browsers of one person."""
    clients = [TestClient(app, follow_redirects=False) for _ in range(2)]
    for client in clients:
        client.cookies.set("salama_console", token_for(database, amina))
    return clients


def is_in(client):
    return client.get("/console/").status_code == 200


def staff(database, id):
    with database.reading() as session:
        return session.get(Staff, id)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"password": "wrong", "new": NEW, "again": NEW}, "not your present password"),
        ({"new": NEW, "again": NEW}, "not your present password"),
        ({"password": PASSWORD, "new": "short", "again": "short"}, "Too short"),
        ({"password": PASSWORD, "new": NEW, "again": NEW + "x"}, "differ"),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(browsers, database, amina, fields, why):
    answer = post(browsers[0], f"{ACCOUNT}/password", **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert staff(database, amina).password_hash == HASHED
    assert is_in(browsers[1])


def test_a_new_password_signs_out_the_other_browser(browsers, database, amina):
    answer = post(browsers[0], f"{ACCOUNT}/password", password=PASSWORD, new=NEW, again=NEW)
    assert answer.headers["location"] == ACCOUNT
    assert "All other browsers are signed out" in browsers[0].get(ACCOUNT).text
    assert "All other browsers" not in browsers[0].get(ACCOUNT).text, "it is said once"
    assert is_in(browsers[0])
    assert not is_in(browsers[1])
    assert staff(database, amina).password_hash != HASHED
    assert acts(database) == ["password_set"]


def test_a_stolen_session_cannot_guess_the_password(browsers):
    for _ in range(attempts.PASSWORDS.together):
        post(browsers[0], f"{ACCOUNT}/password", password="wrong", new=NEW, again=NEW)
    answer = post(browsers[0], f"{ACCOUNT}/password", password=PASSWORD, new=NEW, again=NEW)
    assert "Too many tries" in answer.text


def test_signing_out_elsewhere(browsers, database):
    assert "Sign out everywhere else" in browsers[0].get(ACCOUNT).text
    post(browsers[0], f"{ACCOUNT}/sessions")
    assert is_in(browsers[0])
    assert not is_in(browsers[1])
    assert acts(database) == ["signed_out_everywhere"]


def test_the_language_is_one_of_ours(browsers):
    assert post(browsers[0], f"{ACCOUNT}/language", language="xx").status_code == 400
    post(browsers[0], f"{ACCOUNT}/language", language="fr")
    assert '<html lang="fr">' in browsers[1].get("/console/").text


def offered(client):
    page = client.get(f"{ACCOUNT}/second-step")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text).group(1).replace(" ", "")
    return {"csrf": csrf(page), "offer": re.search(r'name="offer" value="([^"]+)"', page.text).group(1)}, secret


def test_turning_the_second_step_on_and_off(browsers, database, amina):
    fields, secret = offered(browsers[0])
    turn_on = f"{ACCOUNT}/second-step"
    code = pyotp.TOTP(secret).now()
    assert browsers[0].post(turn_on, data={**fields, "code": "000000", "password": PASSWORD}).status_code == 422
    assert browsers[0].post(turn_on, data={**fields, "code": code, "password": "wrong"}).status_code == 422
    assert not staff(database, amina).totp_secret
    done = browsers[0].post(turn_on, data={**fields, "code": code, "password": PASSWORD})
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", done.text)
    assert len(set(codes)) == 10
    assert not is_in(browsers[1])
    kept = staff(database, amina)
    assert secret.encode() not in kept.totp_secret
    assert kept.totp_last_step > 0, "the code that turned it on is used up"
    again = browsers[0].post(turn_on, data={**fields, "code": code, "password": PASSWORD})
    assert again.headers["location"] == ACCOUNT, "it is on already"
    new = post(browsers[0], f"{ACCOUNT}/recovery-codes", ACCOUNT, password=PASSWORD)
    assert not set(codes) & set(re.findall(r"<code>(\w{5}-\w{5})</code>", new.text))
    assert post(browsers[0], f"{turn_on}/off", ACCOUNT, password="wrong").status_code == 422
    assert staff(database, amina).totp_secret
    assert post(browsers[0], f"{turn_on}/off", ACCOUNT, password=PASSWORD).status_code == 303
    assert not staff(database, amina).totp_secret
    assert acts(database) == ["second_step_on", "recovery_codes_made", "second_step_off"]


def test_an_offer_made_to_another_or_made_up_is_none(app, browsers, database, amina):
    with TestClient(app, follow_redirects=False) as other:
        other.cookies.set("salama_console", token_for(database, add_staff(database, "juma")))
        theirs, secret = offered(other)
    mine, _ = offered(browsers[0])
    for offer in (theirs["offer"], "x", mine["offer"][:-2]):
        fields = {**mine, "offer": offer, "code": pyotp.TOTP(secret).now(), "password": PASSWORD}
        assert browsers[0].post(f"{ACCOUNT}/second-step", data=fields).headers["location"] == ACCOUNT
    with database.reading() as session:
        assert list(session.execute(select(Staff.totp_secret)).scalars()) == [None, None]
