"""What Telegram sends, byte for byte, and what we read in it."""

import json

import pytest

from bot.channels.protocol import (
    ChoiceRef,
    Command,
    Forged,
    InboundMessage,
    Location,
    Malformed,
    Media,
    Reachability,
    Request,
)
from tests.channels.conftest import PAYLOADS

FILES = PAYLOADS / "telegram"
ASHA = "441122"


def text(words):
    return {"text": words}


TABLE = {
    "text": text("How much can an agent charge me?"),
    "edited": text("How much can an agent charge me in Qatar?"),
    "emoji": text("🇰🇪 nataka kazi 😀"),
    "nul_and_surrogate": text("ab"),
    "photo_with_caption": text("Is this contract good?"),
    "command_unknown": text("/frobnicate now"),
    "slash_alone": text("/"),
    "start": {"text": "/start", "command": Command.START},
    "start_deep_link": {"text": "/start poster7", "command": Command.START},
    "stop": {"text": "/stop", "command": Command.STOP},
    "command_menu": {"text": "/menu@salama_bot", "action": "menu"},
    "command_danger": {"text": "/danger", "action": "emergency"},
    "location": {"text": "[location]", "location": Location(-1.286389, 36.817223)},
    "sticker": {"text": "[picture]", "media": Media.PICTURE},
    "photo": {"text": "[picture]", "media": Media.PICTURE},
    "voice": {"text": "[voice]", "media": Media.VOICE},
    "document": {"text": "[other]", "media": Media.OTHER},
    "contact_card": {"text": "[other]", "media": Media.OTHER},
    "callback": {"text": "Passport", "choice": ChoiceRef(812, 1)},
    "callback_strange": text("?"),
    "callback_old": {"text": "?", "choice": ChoiceRef(812, 1)},
    "blocked": False,
    "unblocked": True,
    "group": None,
    "channel_post": None,
    "pinned": None,
    "live_location": None,
    "unknown_kind": None,
}


def call(channel, body, secret=None):
    shown = channel._secret if secret is None else secret
    headers = {"x-telegram-bot-api-secret-token": shown}
    return channel.receive(Request("/telegram/webhook", "https://salama.example/telegram/webhook", headers, body))


def test_every_payload_is_in_the_table():
    assert {path.stem for path in FILES.glob("*.json")} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_an_update_is_read(channels, name):
    body = (FILES / f"{name}.json").read_bytes()
    events = call(channels["telegram"], body).events
    expected = TABLE[name]
    if expected is None:
        assert events == ()
    elif isinstance(expected, bool):
        assert events == (Reachability("telegram", ASHA, expected),)
    else:
        id = str(json.loads(body)["update_id"])
        assert events == (InboundMessage("telegram", ASHA, id, **expected),)


def test_a_button_is_answered_in_the_acknowledgement(channels):
    received = call(channels["telegram"], (FILES / "callback.json").read_bytes())
    assert json.loads(received.body) == {"method": "answerCallbackQuery", "callback_query_id": "1894561237"}
    assert received.content_type == "application/json"


@pytest.mark.parametrize("secret", ["", "wrong", "é", "x" * 5000])
def test_a_wrong_secret_is_forged(channels, secret):
    with pytest.raises(Forged):
        call(channels["telegram"], (FILES / "text.json").read_bytes(), secret)


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"1", b"{}", b'{"update_id": "x"}', b'{"update_id": 1, "message": 7}',
     b'{"update_id": 1, "message": {"chat": []}}', b"\xff", b"[" * 100_000,
     b'{"update_id": 1, "my_chat_member": {},'
     b' "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}'],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_update_is_malformed(channels, body):
    with pytest.raises(Malformed):
        call(channels["telegram"], body)


def test_the_secret_differs_from_bot_to_bot_and_is_not_the_token(channels):
    assert len(channels["telegram"]._secret) == 64
    assert "token" not in channels["telegram"]._secret
