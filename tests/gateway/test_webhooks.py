"""The gateway as providers call it: stored once or not at all, acknowledged only then, whatever they send."""

import asyncio
import json
import random
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from bot.channels.configured import telegram
from bot.conversations.tables import Contact, Message
from bot.gateway.app import create_app
from bot.gateway.intake import MOST_WAITING, Intake, NotStored
from bot.knowledge.store import KnowledgeStore
from bot.settings import load_settings
from bot.storage.database import Database
from tests.channels.test_telegram_in import FILES as TELEGRAM_FILES
from tests.channels.test_twilio_in import FILES as TWILIO_FILES

BASE = "https://salama.example"
TOKEN = "twilio-token"


def settings_for(url, tmp_path, **more):
    return load_settings(
        database_url=url, var_dir=tmp_path, public_url=BASE, telegram_token="1:token", twilio_account_sid="AC1",
        twilio_auth_token=TOKEN, twilio_sms_from="+1", twilio_whatsapp_from="+2", **more,
    )  # fmt: skip


@pytest.fixture
def in_force(database, tmp_path):
    return settings_for(database.url.render_as_string(hide_password=False), tmp_path)


class Provider:
    """Calls webhooks as Telegram and Twilio do."""

    def __init__(self, client, in_force):
        self.client = client
        self.secret = telegram(in_force, KnowledgeStore(in_force.content_dir))._secret

    def telegram(self, update, secret=None):
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        headers = {"x-telegram-bot-api-secret-token": self.secret if secret is None else secret}
        return self.client.post("/telegram/webhook", content=body, headers=headers)

    def twilio(self, form, path="/twilio/sms", token=TOKEN):
        signature = RequestValidator(token).compute_signature(BASE + path, form)
        headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
        return self.client.post(path, content=urlencode(form), headers=headers)


@pytest.fixture
def provider(in_force):
    with TestClient(create_app(in_force), raise_server_exceptions=False) as client:
        yield Provider(client, in_force)


def update(number, words="hello", chat=42):
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    message = {"message_id": number, "date": 1, "text": words, "chat": {"id": chat, "type": "private"}, "from": person}
    return {"update_id": number, "message": message}


def sms(number, words="hello", address="+254700000001"):
    return {"MessageSid": f"SM{number}", "From": address, "Body": words, "FromCity": ""}


def stored(database, kind=Message):
    with database.reading() as session:
        return list(session.execute(select(kind).order_by(kind.id if kind is Message else kind.created_at)).scalars())


def test_each_call_three_times_and_out_of_order_is_stored_once(provider, database):
    calls = [(provider.telegram, (update(n),)) for n in range(10)] * 3
    calls += [(provider.twilio, (sms(n),)) for n in range(10)] * 3
    random.Random(7).shuffle(calls)
    assert {call(*args).status_code for call, args in calls} == {200}
    assert sorted((m.channel, m.provider_id) for m in stored(database)) == sorted(
        [("telegram", str(n)) for n in range(10)] + [("sms", f"SM{n}") for n in range(10)]
    )


def test_a_forged_call_is_403_and_leaves_nothing(provider, database):
    assert provider.telegram(update(1), secret="x").status_code == 403
    assert provider.twilio(sms(1), token="x").status_code == 403
    assert provider.client.post("/twilio/whatsapp", content=urlencode(sms(1))).status_code == 403
    assert (stored(database), stored(database, Contact)) == ([], [])


def test_behind_a_proxy_the_public_address_counts_and_no_header_changes_it(provider, database):
    form = sms(1)
    evil = RequestValidator(TOKEN).compute_signature("https://evil.example/twilio/sms", form)
    headers = {"x-twilio-signature": evil, "host": "evil.example", "x-forwarded-host": "evil.example"}
    assert provider.client.post("/twilio/sms", content=urlencode(form), headers=headers).status_code == 403
    assert provider.twilio(form).status_code == 200


def test_a_body_without_end_is_cut_off(provider, database):
    assert provider.telegram(b"x" * 300_000).status_code == 413
    assert provider.client.post("/twilio/sms", content=iter([b"x" * 100_000] * 4)).status_code == 413


def test_a_get_is_not_allowed(provider):
    assert provider.client.get("/twilio/sms").status_code == 405


def test_blocking_the_bot_and_delivery_reports_are_noted(provider, database):
    provider.telegram((TELEGRAM_FILES / "text.json").read_bytes())
    provider.telegram((TELEGRAM_FILES / "blocked.json").read_bytes())
    assert stored(database, Contact)[0].unreachable_at is not None
    provider.telegram((TELEGRAM_FILES / "unblocked.json").read_bytes())
    assert stored(database, Contact)[0].unreachable_at is None
    answer = provider.twilio({"MessageStatus": "delivered"}, "/twilio/sms/status?message=999999")
    assert answer.status_code == 200


def test_too_many_messages_are_answered_with_one_notice_but_a_call_for_help_is_kept(database, tmp_path):
    in_force = settings_for(database.url.render_as_string(hide_password=False), tmp_path, messages_per_minute=3)
    with TestClient(create_app(in_force)) as client:
        provider = Provider(client, in_force)
        for number in range(6):
            assert provider.twilio(sms(number)).status_code == 200
        provider.twilio(sms(7, "they locked me in a room"))
        provider.twilio(sms(8, "hello", "+254700000002"))
        provider.twilio(sms(9, "STOP"))
    assert [(m.provider_id, m.payload) for m in stored(database)] == [
        ("SM0", None), ("SM1", None), ("SM2", None), ("SM3", "notice:slow_down"), ("SM7", None), ("SM8", None),
        ("SM9", None),
    ]  # fmt: skip
    assert stored(database, Contact)[0].opted_out_at is not None


def test_a_database_that_is_gone_is_503_and_then_all_is_well_again(provider, database):
    with database.transaction() as session:
        session.execute(text("ALTER TABLE messages RENAME TO away"))
    answer = provider.twilio(sms(1))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert provider.telegram(update(1)).status_code == 503
    with database.transaction() as session:
        session.execute(text("ALTER TABLE away RENAME TO messages"))
    assert provider.twilio(sms(1)).status_code == 200
    assert provider.telegram(update(1)).status_code == 200
    assert len(stored(database)) == 2


def test_no_server_at_all_is_503(tmp_path):
    in_force = settings_for("postgresql://salama:hunter2@127.0.0.1:1/none", tmp_path)
    with TestClient(create_app(in_force)) as client:
        assert Provider(client, in_force).twilio(sms(1)).status_code == 503
        assert "salama_database_up 0.0" in client.get("/metrics").text


async def test_more_calls_than_the_database_takes_are_refused_not_piled_up(database, vault):
    intake = Intake(database, vault, None)
    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    intake._store = lambda calls: asyncio.run_coroutine_threadsafe(release.wait(), loop).result() and [[]] * len(calls)
    waiting = [asyncio.create_task(intake.put(())) for _ in range(MOST_WAITING + 64)]
    await asyncio.sleep(0.2)
    refused = 0
    for _ in range(100):
        try:
            await asyncio.wait_for(intake.put(()), 0.01)
        except NotStored:
            refused += 1
        except asyncio.TimeoutError:
            pass
    assert refused > 0
    assert len(intake._waiting) == MOST_WAITING
    release.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(isinstance(result, list) for result in results) >= MOST_WAITING


def test_one_bad_call_does_not_take_others_down(database, vault):
    from bot.channels.protocol import InboundMessage

    async def run():
        intake = Intake(database, vault, None)
        good = [InboundMessage("sms", "+1", f"m{n}", "hi") for n in range(3)]
        bad = InboundMessage("sms", "+1", "x" * 64, "hi\x00" if not database.is_sqlite else object())
        calls = [intake.put([good[0]]), intake.put([bad]), intake.put([good[1]]), intake.put([good[2]])]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(run())
    assert [r == ["stored"] for r in results] == [True, False, True, True]
    assert len(stored(database)) == 3


METRICS = """salama_webhook_calls_total{channel="sms",outcome="stored"} 1.0
salama_webhook_calls_total{channel="sms",outcome="repeat"} 1.0
salama_webhook_calls_total{channel="sms",outcome="forged"} 1.0
salama_messages{channel="sms",direction="in",state="received"} 1.0
salama_database_up 1.0"""


def test_metrics_count_without_telling_who(provider):
    provider.twilio(sms(1))
    provider.twilio(sms(1))
    provider.twilio(sms(2), token="x")
    shown = provider.client.get("/metrics").text
    for line in METRICS.splitlines():
        assert line in shown
    assert "254700000001" not in shown


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
def test_metrics_are_not_public(provider, database, tmp_path, header):
    assert provider.client.get("/metrics", headers={header: "1.2.3.4"}).status_code == 404
    url = database.url.render_as_string(hide_password=False)
    with TestClient(create_app(settings_for(url, tmp_path, metrics_token="open sesame"))) as client:
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
        good = client.get("/metrics", headers={"authorization": "Bearer open sesame", header: "1.2.3.4"})
        assert good.status_code == 200


# Property-based: whatever is sent, no 5xx; and nothing stored that was not signed.


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    directory = tmp_path_factory.mktemp("fuzz")
    in_force = settings_for(f"sqlite:///{directory / 'salama.db'}", directory, messages_per_minute=1_000_000)
    database = Database(in_force.database)
    database.migrate()
    with TestClient(create_app(in_force), raise_server_exceptions=False) as client:
        yield Provider(client, in_force), database


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
REAL = [json.loads(path.read_text()) for path in sorted(TELEGRAM_FILES.glob("*.json"))]
FIELDS = sorted({key for value in REAL for key in [*value, *value.get("message", {})]})
FORM_FIELDS = ["From", "Body", "MessageSid", "NumMedia", "MediaContentType0", "ButtonPayload", "ListId", "Latitude",
               "Longitude", "OptOutType", "MessageStatus", "ErrorCode", "ExternalUserId"]  # fmt: skip


@st.composite
def mutated(draw):
    """A real update in which something was replaced by anything."""
    value = json.loads(json.dumps(draw(st.sampled_from(REAL))))
    place = value
    for _ in range(draw(st.integers(0, 4))):
        inner = [
            item for item in (place.values() if isinstance(place, dict) else place) if isinstance(item, (dict, list))
        ]
        if not inner:
            break
        place = draw(st.sampled_from(inner))
    if isinstance(place, dict):
        key = draw(st.sampled_from(sorted(place)) | st.sampled_from(FIELDS)) if place else "x"
        place[key] = draw(JSON)
    elif place:
        place[0] = draw(JSON)
    return value


@FUZZ
@given(mutated())
def test_no_update_makes_the_gateway_fail(fuzzed, value):
    provider, _ = fuzzed
    assert provider.telegram(json.dumps(value).encode()).status_code in (200, 400)


@FUZZ
@given(st.binary(max_size=300), st.sampled_from(["/telegram/webhook", "/twilio/sms", "/twilio/whatsapp/status"]))
def test_no_bytes_make_the_gateway_fail_or_store(fuzzed, body, path):
    provider, database = fuzzed
    before = len(stored(database))
    assert provider.client.post(path, content=body).status_code in (400, 403)
    assert len(stored(database)) == before


@FUZZ
@given(
    st.dictionaries(st.sampled_from(FORM_FIELDS) | st.text(max_size=8), st.text(max_size=50)),
    st.sampled_from(["/twilio/sms", "/twilio/whatsapp", "/twilio/sms/status?message=1", "/twilio/whatsapp/status"]),
)
def test_no_form_makes_the_gateway_fail(fuzzed, form, path):
    provider, _ = fuzzed
    assert provider.twilio(form, path).status_code == 200


@FUZZ
@given(
    st.text(max_size=64).filter(lambda s: s.isascii() and s.isprintable()),
    st.sampled_from(sorted(TWILIO_FILES.glob("*.form"))),
)
def test_no_guessed_signature_is_let_in(fuzzed, signature, path):
    provider, database = fuzzed
    before = len(stored(database))
    answer = provider.client.post("/twilio/sms", content=path.read_bytes(), headers={"x-twilio-signature": signature})
    assert answer.status_code == 403
    assert len(stored(database)) == before
