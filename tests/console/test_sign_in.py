"""Signing in, and all the ways in which nobody gets in."""

import datetime as dt
import threading

import pyotp
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from bot.console import attempts, links, totp
from bot.console.sign_in import safe_path
from bot.console.tables import AuditEntry, Staff, StaffSession
from bot.conversations.worker import now
from tests.console.conftest import HASHED, PASSWORD, add_staff, csrf, post

SIGN_IN = "/console/sign-in"


@pytest.fixture
def client(app):
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def amina(database):
    return add_staff(database, "amina", "counsellor", password_hash=HASHED)


def sign_in(client, name="amina", password=PASSWORD, **more):
    return post(client, SIGN_IN, SIGN_IN, name=name, password=password, **more)


def acts(database):
    with database.reading() as session:
        return [entry.act for entry in session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars()]


def test_a_right_password_opens_a_session_and_a_new_token_each_time(client, database, amina):
    first = sign_in(client)
    assert (first.status_code, first.headers["location"]) == (303, "/console/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = client.cookies["salama_console"]
    assert client.get("/console/").status_code == 200
    client.cookies.delete("salama_console")
    sign_in(client, name=" Amina ")
    assert client.cookies["salama_console"] != token
    with database.reading() as session:
        stored = list(session.execute(select(StaffSession.token_hash)).scalars())
    assert len(stored) == 2
    assert token not in stored
    assert acts(database) == ["signed_in", "signed_in"]


def test_behind_https_cookies_are_sent_over_https_only_and_bound_to_this_host(app, settings, amina):
    from bot.gateway.app import create_app

    with_https = settings.copy(update={"public_url": "https://salama.example.org"})
    with TestClient(create_app(with_https), base_url="https://salama.example.org", follow_redirects=False) as client:
        answer = sign_in(client)
        (cookie,) = [c for c in answer.headers.get_list("set-cookie") if "salama_console" in c]
        assert cookie.startswith("__Host-salama_console=")
        assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/"))
        assert client.get("/console/").status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("amina", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("invited", ""), ("", ""), ("amina", "")],
)
def test_who_is_refused_learns_nothing(client, database, amina, name, password):
    add_staff(database, "gone", password_hash=HASHED, disabled_at=now())
    add_staff(database, "invited")
    answer = sign_in(client, name, password)
    assert answer.status_code == 422
    assert "do not go together" in answer.text
    assert "salama_console" not in client.cookies


@pytest.mark.parametrize("change", [{"disabled_at": now()}, {"password_hash": "another"}])
def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(client, database, amina, monkeypatch, change):
    async def slow(_stored, _password):
        with database.transaction() as session:
            session.execute(update(Staff).values(**change))
        return True

    monkeypatch.setattr("bot.console.sign_in.verify", slow)
    assert sign_in(client).status_code == 422
    with database.reading() as session:
        assert session.execute(select(StaffSession)).first() is None
        staff = session.execute(select(Staff)).scalar()
        assert all(getattr(staff, name) == value for name, value in change.items())


def test_a_disabled_person_is_out_with_the_next_page(client, database, amina):
    sign_in(client)
    with database.transaction() as session:
        session.execute(update(Staff).values(disabled_at=now()))
    assert client.get("/console/").status_code == 303


@pytest.mark.parametrize(("column", "age"), [("seen_at", {"minutes": 61}), ("created_at", {"hours": 12, "seconds": 1})])
def test_sessions_end_by_idleness_and_by_age(client, database, amina, column, age):
    sign_in(client)
    with database.transaction() as session:
        session.execute(update(StaffSession).values({column: now() - dt.timedelta(**age)}))
    assert client.get("/console/").headers["location"] == SIGN_IN
    assert client.get("/console/account").headers["location"] == SIGN_IN + "?next=%2Faccount"


def test_using_a_session_keeps_it_open(client, database, amina):
    sign_in(client)
    with database.transaction() as session:
        session.execute(update(StaffSession).values(seen_at=now() - dt.timedelta(minutes=59)))
    assert client.get("/console/").status_code == 200
    with database.reading() as session:
        assert now() - session.execute(select(StaffSession.seen_at)).scalar() < dt.timedelta(minutes=1)


def test_a_signed_out_cookie_opens_nothing(client, amina):
    sign_in(client)
    token = client.cookies["salama_console"]
    assert post(client, "/console/sign-out").headers["location"] == SIGN_IN
    assert "salama_console" not in client.cookies
    client.cookies.set("salama_console", token)
    assert client.get("/console/").status_code == 303


def test_after_signing_in_one_comes_where_one_wanted_to_be_but_never_elsewhere(client, amina):
    assert sign_in(client, next="/account?x=1").headers["location"] == "/console/account?x=1"
    for wanted in ("https://evil.example", "//evil.example", "/\\evil.example", "evil", "/\n/evil.example", ""):
        assert safe_path(wanted) == "/", wanted


def test_too_many_wrong_passwords_make_one_wait_even_with_the_right_one(client, database, amina):
    for _ in range(attempts.PASSWORDS.together):
        assert sign_in(client, password="wrong").status_code == 422
    for _ in range(2):
        assert sign_in(client).status_code == 429
    assert acts(database) == ["sign_in_blocked"]
    later = now() + attempts.WINDOW
    with database.transaction() as session:
        session.execute(update(attempts.SignInAttempt).values(at=later - 2 * attempts.WINDOW))
    assert sign_in(client).status_code == 303


def tries(database, vault, account, address, count):
    done = 0
    for _ in range(count):
        try:
            attempts.begin(database, vault, account, address, attempts.PASSWORDS, now())
            done += 1
        except attempts.TooManyAttempts:
            pass
    return done


def test_a_stranger_does_not_lock_an_account_for_its_owner(database, vault):
    assert tries(database, vault, "amina", "192.0.2.1", 30) == attempts.PASSWORDS.together
    assert tries(database, vault, "amina", "192.0.2.2", 1) == 1


def test_guessing_from_many_addresses_and_many_names_ends_too(database, vault):
    assert sum(tries(database, vault, "amina", f"192.0.2.{n}", 5) for n in range(12)) == attempts.PASSWORDS.account
    by_names = sum(tries(database, vault, f"name{n}", "198.51.100.1", 1) for n in range(30))
    assert by_names == attempts.PASSWORDS.address
    assert sum(tries(database, vault, f"n{n}", f"2001:db8::{n}", 1) for n in range(1, 30)) == attempts.PASSWORDS.address


def test_many_at_once_do_not_slip_through(database, vault):
    done = []
    work = [threading.Thread(target=lambda: done.append(tries(database, vault, "a", "b", 1))) for _ in range(20)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert sum(done) <= attempts.PASSWORDS.together


def test_attempts_are_stored_without_name_or_address(client, database, amina):
    sign_in(client, password="wrong")
    with database.reading() as session:
        (row,) = session.execute(select(attempts.SignInAttempt)).scalars()
    assert "amina" not in row.account_hash + row.address_hash
    assert len(row.address_hash) == 64


@pytest.fixture
def secret(app, settings, database, amina):
    from bot.safety.encryption import AddressVault

    vault, secret = AddressVault(settings.address_secret()), pyotp.random_base32()
    with database.transaction() as session:
        codes = totp.turn_on(session, vault, amina, secret, 0)
    return secret, codes


def give_code(client, code):
    return post(client, f"{SIGN_IN}/code", f"{SIGN_IN}/code", code=code)


def test_the_second_step_is_asked_and_each_code_works_once(client, database, secret):
    key, codes = secret
    assert sign_in(client).headers["location"].startswith(f"{SIGN_IN}/code")
    half = client.cookies["salama_console"]
    assert client.get("/console/").status_code == 303
    assert give_code(client, "000000").status_code == 422
    code = pyotp.TOTP(key).now()
    assert give_code(client, f"{code[:3]} {code[3:]}").status_code == 303
    assert client.cookies["salama_console"] != half
    assert client.get("/console/").status_code == 200
    client.cookies.clear()
    client.cookies.set("salama_console", half)
    assert client.get("/console/").status_code == 303, "the half-open session became a whole one"
    client.cookies.clear()
    sign_in(client)
    assert give_code(client, code).status_code == 422, "a code was taken twice"
    assert give_code(client, codes[0].upper().replace("-", " ")).status_code == 303
    client.cookies.delete("salama_console")
    sign_in(client)
    assert give_code(client, codes[0]).status_code == 422, "a recovery code was taken twice"
    assert acts(database) == ["signed_in", "recovery_code_used", "signed_in"]


def test_codes_cannot_be_guessed_by_starting_again(client, secret):
    refused = []
    for _ in range(8):
        client.cookies.delete("salama_console")
        sign_in(client)
        refused.append(give_code(client, "000000").status_code)
    assert refused == [422] * attempts.CODES.together + [429] * 3


def test_a_code_that_comes_too_late_needs_the_password_again(client, database, secret):
    sign_in(client)
    with database.transaction() as session:
        session.execute(update(StaffSession).values(created_at=now() - dt.timedelta(minutes=6)))
    page = client.get(SIGN_IN)
    answer = client.post(f"{SIGN_IN}/code", data={"csrf": csrf(page), "code": pyotp.TOTP(secret[0]).now()})
    assert answer.headers["location"] == SIGN_IN


def test_a_code_of_the_near_past_or_future_is_good_one_further_off_is_not():
    key, at = pyotp.random_base32(), dt.datetime(2026, 1, 1, 12, 0, 10, tzinfo=dt.timezone.utc)
    step = int(at.timestamp()) // 30
    for off in (-3, -2, -1, 0, 1, 2, 3):
        found = totp.matching_step(key, pyotp.TOTP(key).at((step + off) * 30), at)
        assert found == (step + off if abs(off) <= 1 else None)
    for nonsense in ("", "abcdef", "12345", "1234567", "١٢٣٤٥٦"):
        assert totp.matching_step(key, nonsense, at) is None


def invite(database, staff_id, at=None):
    with database.transaction() as session:
        return links.make_link(session, staff_id, "", at or now())


def test_a_link_sets_a_password_once(client, database):
    staff_id = add_staff(database, "new")
    one, other = invite(database, staff_id), invite(database, staff_id)
    for password, again in (
        ("short", "short"),
        ("new new new new!", "new new new new?"),
        ("password1234!", "password1234!"),
    ):
        assert post(client, one, one, password=password, again=again).status_code == 422
    page = client.get(one)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    fields = {"csrf": csrf(page), "password": PASSWORD, "again": PASSWORD}
    assert client.post(one, data=fields).headers["location"] == SIGN_IN
    for link in (one, other):
        assert client.get(link).status_code == 404
        assert client.post(link, data=fields).status_code == 404
    assert sign_in(client, "new").status_code == 303


def test_links_expire_and_do_not_open_for_the_disabled(client, database):
    old = invite(database, add_staff(database, "late"), now() - links.LIFETIME)
    gone = invite(database, add_staff(database, "gone", disabled_at=now()))
    for link in (old, gone, "/console/welcome/x"):
        assert client.get(link).status_code == 404


def test_a_used_link_ends_all_sessions(client, database, amina):
    sign_in(client)
    link = invite(database, amina)
    with TestClient(client.app, follow_redirects=False) as other:
        post(other, link, link, password="another set of words", again="another set of words")
    assert client.get("/console/").status_code == 303
