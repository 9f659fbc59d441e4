import pytest
from argon2 import Type, extract_parameters

from bot.console.browsers import browser_name
from bot.console.passwords import _HASHER as REAL_HASHER
from bot.console.passwords import objection, verify


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("four plain green words", None),
        ("maji-moto-2719-kikombe", None),
        ("correcthorsebattery", None),
        ("ééééé plain words", None),
        ("elevenchars", "password.too_short"),
        ("", "password.too_short"),
        ("x" * 201, "password.too_long"),
        ("aaaaaaaaaaaaaaa", "password.too_easy"),
        ("123456789012", "password.too_easy"),
        ("abcdefghijkl", "password.too_easy"),
        ("Password1234!", "password.too_easy"),
        ("salamasalama1", "password.too_easy"),
        ("aminaaminaamina", "password.too_easy"),
        ("amina.1234567", "password.too_easy"),
    ],
)
def test_which_passwords_are_taken(password, why):
    assert objection(password, "amina") == why


def test_passwords_are_stored_by_argon2id_with_64_mib():
    parameters = extract_parameters(REAL_HASHER.hash("x"))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost) == (Type.ID, 65_536, 3)


async def test_nobody_has_no_password():
    for password in ("", "the password of nobody"):
        assert not await verify(None, password)
        assert not await verify("", password)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15",
            "Safari, Mac",
        ),
        ("curl/8", ""),
    ],
)
def test_browsers_by_name(agent, name):
    assert browser_name(agent) == name
