import pytest

from bot import doctor
from bot.channels.configured import ChannelError, configured
from bot.faults import Fault
from bot.settings import load_settings
from bot.supervisor import process_names

TWILIO = {"twilio_account_sid": "AC1", "twilio_auth_token": "t"}


def example_channel(settings, store):
    class Pigeon:
        name, paths, concurrency = "pigeon", ("/pigeon",), 1

    return Pigeon()


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, []),
        ({"telegram_token": "1:x"}, ["telegram"]),
        ({**TWILIO, "twilio_sms_from": "+1"}, ["sms"]),
        ({**TWILIO, "twilio_whatsapp_from": "MG1"}, ["whatsapp"]),
        ({"extra_channels": f"{__name__}:example_channel"}, ["pigeon"]),
        ({"fakes": True}, ["telegram", "sms", "whatsapp"]),
    ],
)
def test_what_is_set_is_there(store, tmp_path, more, names):
    assert list(configured(load_settings(var_dir=tmp_path, **more), store)) == names


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"telegram_token": "nonsense"}, "SALAMA_TELEGRAM_TOKEN"),
        ({"twilio_sms_from": "+1"}, "SALAMA_TWILIO_ACCOUNT_SID"),
        ({"extra_channels": "no.such:thing"}, "no.such:thing"),
        ({"extra_channels": "bot.settings"}, "bot.settings"),
    ],
)
def test_what_is_wrong_is_named(store, tmp_path, more, named):
    with pytest.raises(ChannelError, match=named) as caught:
        configured(load_settings(var_dir=tmp_path, **more), store)
    assert isinstance(caught.value, Fault)


def test_the_plain_names_of_tokens_do_too(monkeypatch):
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:plain")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "plain too")
    settings = load_settings()
    assert settings.telegram_token.get_secret_value() == "1:plain"
    assert settings.twilio_auth_token.get_secret_value() == "plain too"
    assert "plain" not in repr(settings)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, ["gateway", "engine", "sender"]),
        ({"telegram_token": "1:x"}, ["gateway", "engine", "sender", "poller"]),
        ({"telegram_token": "1:x", "public_url": "https://x"}, ["gateway", "engine", "sender"]),
        ({"engine_workers": 2, "senders": 0, "fakes": True}, ["gateway", "engine", "engine-2", "poller", "fakes"]),
    ],
)
def test_the_supervisor_starts_what_is_needed(tmp_path, more, names):
    assert process_names(load_settings(var_dir=tmp_path, **more)) == names


def test_doctor_tells_of_channels_and_of_a_missing_public_address(tmp_path):
    settings = load_settings(var_dir=tmp_path, telegram_token="1:x", twilio_sms_from="+1", **TWILIO)
    found = {finding.what: finding.ok for finding in doctor._channels(settings)}
    assert found["channel telegram asks for messages (no public https address)"]
    assert next(what for what, ok in found.items() if not ok).startswith("sms: Twilio calls a public https address")
