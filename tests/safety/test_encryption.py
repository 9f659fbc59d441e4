import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.safety.encryption import AddressVault, SecretError, read_or_create_secret


def test_an_address_comes_back_and_is_not_in_the_token(vault):
    token = vault.encrypt("+254700000001")
    assert b"254700" not in token
    assert vault.encrypt("+254700000001") != token
    assert vault.decrypt(token) == "+254700000001"


def test_the_hash_tells_channels_apart_and_depends_on_the_secret(vault):
    other = AddressVault("another secret for tests, also long enough 1")
    assert vault.lookup_hash("sms", "1") == vault.lookup_hash("sms", "1")
    assert len({vault.lookup_hash("sms", "1"), vault.lookup_hash("web", "1"), other.lookup_hash("sms", "1")}) == 3
    with pytest.raises(SecretError):
        other.decrypt(vault.encrypt("1"))


def test_a_short_secret_is_refused():
    with pytest.raises(SecretError, match="at least 32"):
        AddressVault("short")


def test_the_made_secret_is_kept_and_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "secret.key"
    assert read_or_create_secret(path) == read_or_create_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path):
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: read_or_create_secret(path), range(64)))
    assert len(made) == 1
    assert len(made.pop()) > 32
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]
