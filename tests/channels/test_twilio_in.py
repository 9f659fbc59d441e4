"""What Twilio sends for SMS and WhatsApp, byte for byte, and what we read in it."""

from urllib.parse import parse_qsl, urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.channels.protocol import (
    Cause,
    ChoiceRef,
    Command,
    DeliveryReport,
    Forged,
    InboundMessage,
    Location,
    Malformed,
    Media,
    Request,
)
from tests.channels.conftest import PAYLOADS, PUBLIC

FILES = PAYLOADS / "twilio"
ASHA, SID = "+254700000001", "SM7f1a2b3c4d5e6f708192a3b4c5d6e7f8"

TABLE = {
    "sms_text": {"text": "How much can an agent charge me?"},
    "sms_digit": {"text": "2."},
    "sms_blank": {"text": "?"},
    "sms_stop": {"text": "Stop", "command": Command.STOP},
    "sms_stop_fr": {"text": "ARRÊT", "command": Command.STOP},
    "sms_stop_pt": {"text": "parar!", "command": Command.STOP},
    "sms_stop_sw": {"text": "ACHA", "command": Command.STOP},
    "sms_stop_in_a_sentence": {"text": "how do I stop paying the agent"},
    "sms_opt_out_type": {"text": "BASTA", "command": Command.STOP},
    "sms_start": {"text": "start", "command": Command.START},
    "sms_yes": {"text": "YES", "command": Command.RESUME},
    "sms_help": {"text": "Msaada", "command": Command.HELP},
    "sms_more": {"text": "ZAIDI", "command": Command.MORE},
    "mms_picture": {"text": "[picture]", "media": Media.PICTURE},
    "sms_short_code": {"text": "hello", "address": "20880"},
    "sms_nobody": None,
    "sms_odd_characters": {"text": "café 😀  &=+%"},
    "whatsapp_text": {"text": "How much can an agent charge me?"},
    "whatsapp_button": {"text": "Fees", "choice": ChoiceRef(812, 1)},
    "whatsapp_list": {"text": "Passport", "choice": ChoiceRef(812, 7)},
    "whatsapp_foreign_button": {"text": "Stop promotions"},
    "whatsapp_location": {"text": "[location]", "location": Location(-1.286389, 36.817223)},
    "whatsapp_location_broken": {"text": "?"},
    "whatsapp_voice": {"text": "[voice]", "media": Media.VOICE},
    "whatsapp_sticker": {"text": "[picture]", "media": Media.PICTURE},
    "whatsapp_document": {"text": "[other]", "media": Media.OTHER},
    "whatsapp_business_scoped_id": {"text": "hello", "address": "KE.13491208655302741918"},
    "whatsapp_stop": {"text": "stop", "command": Command.STOP},
}


def signed(path, body, base=PUBLIC, token="twilio-token"):
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    signature = RequestValidator(token).compute_signature(base + path, fields)
    return Request(path.partition("?")[0], PUBLIC + path, {"x-twilio-signature": signature}, body)


def test_every_payload_is_in_the_table():
    assert {path.stem for path in FILES.glob("*.form")} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_message_is_read(channels, name):
    channel = "whatsapp" if name.startswith("whatsapp") else "sms"
    received = channels[channel].receive(signed(f"/twilio/{channel}", (FILES / f"{name}.form").read_bytes()))
    expected = TABLE[name]
    if expected is None:
        assert received.events == ()
    else:
        address = expected.get("address", ASHA)
        rest = {key: value for key, value in expected.items() if key != "address"}
        assert received.events == (InboundMessage(channel, address, SID, **rest),)
    assert received.body.endswith("<Response/>")
    assert received.content_type == "text/xml"


@pytest.mark.parametrize("token", ["", "other"])
def test_a_wrong_signature_is_forged(channels, token):
    body = (FILES / "sms_text.form").read_bytes()
    with pytest.raises(Forged):
        channels["sms"].receive(signed("/twilio/sms", body, token=token))


@pytest.mark.parametrize(
    "change",
    [lambda body: body.replace(b"charge", b"change"), lambda body: body.replace(b"&FromZip=", b""),
     lambda body: body + b"&Extra=", lambda body: body + b"&Body=again"],
)  # fmt: skip
def test_a_changed_body_is_forged(channels, change):
    body = (FILES / "sms_text.form").read_bytes()
    request = signed("/twilio/sms", body)
    with pytest.raises(Forged):
        channels["sms"].receive(Request(request.path, request.url, request.headers, change(body)))


def test_a_signature_for_another_address_or_none_is_forged(channels):
    body = (FILES / "sms_text.form").read_bytes()
    with pytest.raises(Forged):
        channels["sms"].receive(signed("/twilio/sms", body, base="https://evil.example"))
    with pytest.raises(Forged):
        channels["sms"].receive(Request("/twilio/sms", PUBLIC + "/twilio/sms", {}, body))


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a%d=1" % n for n in range(300))])
def test_what_is_no_form_is_malformed(channels, body):
    with pytest.raises(Malformed):
        channels["sms"].receive(Request("/twilio/sms", PUBLIC + "/twilio/sms", {}, body))


@pytest.mark.parametrize(
    ("query", "fields", "expected"),
    [
        ("?message=12", {"MessageStatus": "delivered"}, (12, "delivered", None, None)),
        ("?message=12", {"MessageStatus": "read"}, (12, "read", None, None)),
        ("?message=12", {"MessageStatus": "undelivered", "ErrorCode": "30003"}, (12, "undelivered", None, "30003")),
        ("?message=12", {"MessageStatus": "undelivered", "ErrorCode": "30005"},
         (12, "undelivered", Cause.UNREACHABLE, "30005")),
        ("?message=12", {"MessageStatus": "failed", "ErrorCode": "63016"},
         (12, "failed", Cause.OUTSIDE_WINDOW, "63016")),
        ("?message=12", {"MessageStatus": "failed", "ErrorCode": "63013"},
         (12, "failed", Cause.BUTTONS_REFUSED, "63013")),
        ("?message=12", {"MessageStatus": "queued"}, None),
        ("?message=-1", {"MessageStatus": "delivered"}, None),
        ("?message=x", {"MessageStatus": "delivered"}, None),
        ("", {"MessageStatus": "delivered"}, None),
    ],
)  # fmt: skip
def test_a_status_callback_is_read(channels, query, fields, expected):
    body = urlencode({"MessageSid": SID, **fields}).encode()
    events = channels["whatsapp"].receive(signed(f"/twilio/whatsapp/status{query}", body)).events
    if expected is None:
        assert events == ()
        return
    (event,) = events
    assert isinstance(event, DeliveryReport)
    id, status, cause, code = expected
    assert (event.message_id, event.status) == (id, status)
    assert (event.error.cause if event.error else None) == cause
    assert code is None or code in str(event.error)
