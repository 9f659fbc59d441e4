"""Replies through python-telegram-bot's and twilio's own clients to fakes of the providers, with faults."""

import asyncio
import contextlib
import json
import socket
import threading
import time

import pytest

from bot.channels.keywords import CommandWords
from bot.channels.protocol import Cause, DeliveryError, Outgoing
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.twilio_account import TwilioAccount
from bot.channels.twilio_errors import delivery_error
from bot.channels.whatsapp import WhatsAppChannel
from bot.fakes.faults import TELEGRAM_BLOCKED, Fault, telegram_flood, twilio_error
from bot.fakes.telegram import FakeTelegram
from bot.fakes.twilio import FakeTwilio
from bot.knowledge.reply import Choice, Reply
from tests.channels.serving import free_port, serving

FEES = Reply("What an agent may charge…", (Choice("Passport", "/passport"), Choice("Menu", "/menu")))
MENU = Reply("Choose", tuple(Choice(f"Entry {n}", f"/{n}") for n in range(1, 10)))
ASHA = "+254700000001"


@pytest.fixture
async def telegram(store):
    fake = FakeTelegram()
    async with serving(fake.app) as url:
        channel = TelegramChannel("1:token", "secret", store, "https://salama.example", url)
        yield channel, fake
        await channel.close()


@pytest.fixture
async def twilio(store):
    fake = FakeTwilio("token", "http://127.0.0.1:9")
    async with serving(fake.app) as url:
        account = TwilioAccount("AC1", "token", "http://127.0.0.1:9", url)
        words = CommandWords(store)
        yield SmsChannel(account, "+10000000001", words), WhatsAppChannel(account, "+10000000002", words), fake
        await account.close()


async def failing(channel, outgoing):
    with pytest.raises(DeliveryError) as caught:
        await channel.send(outgoing)
    return caught.value


async def test_telegram_shows_buttons(telegram):
    channel, fake = telegram
    id = await channel.send(Outgoing(812, "42", FEES))
    (bubble,) = fake.phones.received("42")
    assert (f"812:{bubble.id}", bubble.text) == (id, FEES.text)
    assert bubble.buttons == [("1 Passport", "c:812:0"), ("2 Menu", "c:812:1")]


async def test_telegram_is_told_address_secret_and_commands_in_four_languages(telegram):
    channel, fake = telegram
    await channel.announce()
    assert fake.webhook["url"] == "https://salama.example/telegram/webhook"
    assert fake.webhook["secret_token"] == "secret"
    assert set(fake.commands) == {"", "en", "fr", "pt", "sw"}
    assert {"command": "danger", "description": "Niko hatarini"} in fake.commands["sw"]


@pytest.mark.parametrize(
    ("fault", "retry_after", "final", "cause", "cut_off"),
    [
        (telegram_flood(7), 7.0, False, None, False),
        (TELEGRAM_BLOCKED, None, True, Cause.UNREACHABLE, False),
        (Fault(400, {"ok": False, "description": "Bad Request: chat not found"}), None, True, Cause.UNREACHABLE, False),
        (Fault(400, {"ok": False, "description": "Bad Request: text is too long"}), None, True, None, False),
        (Fault(500), None, False, None, False),
        (Fault(502, after=True), None, False, None, False),
        (Fault(401, {"ok": False, "description": "Unauthorized"}), None, False, None, False),
    ],
)
async def test_telegrams_errors_are_understood(telegram, fault, retry_after, final, cause, cut_off):
    channel, fake = telegram
    fake.faults.add(fault)
    error = await failing(channel, Outgoing(1, "42", FEES))
    assert (error.retry_after_s, error.final, error.cause, error.cut_off) == (retry_after, final, cause, cut_off)


async def test_no_telegram_at_all_is_a_passing_fault(store):
    channel = TelegramChannel("1:token", "secret", store, "", f"http://127.0.0.1:{free_port()}")
    error = await failing(channel, Outgoing(1, "42", FEES))
    assert (error.final, error.cut_off) == (False, False)
    await channel.close()


async def test_long_polling_gives_events_and_confirms_what_was_taken(store):
    fake = FakeTelegram()
    async with serving(fake.app) as url:
        channel = TelegramChannel("1:token", "secret", store, "", url)
        await channel.announce()
        assert fake.webhook == {}
        await fake.write(42, "hello")
        await channel.send(Outgoing(812, "42", FEES))
        await fake.press(42, fake.phones.received("42")[0], 1)
        events, after = await channel.fetch(0)
        assert [(e.text, e.choice and e.choice.index) for e in events] == [("hello", None), ("Menu", 1)]
        assert len(fake.answered_queries) == 1
        again, _ = await channel.fetch(0)  # not confirmed: it comes again
        assert again == events
        await fake.write(42, "next")
        events, _ = await channel.fetch(after)
        assert [e.text for e in events] == ["next"]
        await channel.close()


async def test_sms_is_folded_numbered_and_reported_on(twilio):
    sms, _, fake = twilio
    await sms.send(Outgoing(812, ASHA, FEES))
    (bubble,) = fake.phones.received(ASHA)
    assert bubble.text == "What an agent may charge...\n1 Passport\n2 Menu"
    form = bubble.raw["form"]
    assert (form["From"], form["StatusCallback"]) == (
        "+10000000001",
        "http://127.0.0.1:9/twilio/sms/status?message=812",
    )


async def test_whatsapp_shows_buttons_a_list_or_numbers(twilio):
    _, whatsapp, fake = twilio
    long_title = Reply("Choose", (Choice("A title of more than twenty characters", "/x"),))
    for id, reply in ((1, FEES), (2, MENU), (3, long_title), (4, Reply("plain")), (5, FEES)):
        await whatsapp.send(Outgoing(id, ASHA, reply))
    await whatsapp.send(Outgoing(6, ASHA, FEES, plain=True))
    two, nine, long, plain, again, refused = fake.phones.received(f"whatsapp:{ASHA}")
    assert (two.raw["kind"], two.buttons) == ("twilio/quick-reply", [("Passport", "c:1:0"), ("Menu", "c:1:1")])
    assert (nine.raw["kind"], nine.buttons[8]) == ("twilio/list-picker", ("Entry 9", "c:2:8"))
    assert (long.text, long.buttons) == ("Choose\n1 A title of more than twenty characters", [])
    assert plain.text == "plain"
    assert again.buttons[0] == ("Passport", "c:5:0")
    assert refused.text.endswith("1 Passport\n2 Menu")
    assert len(fake.contents) == 2  # one template for two choices, one for nine, made once
    assert json.loads(two.raw["form"]["ContentVariables"])["1"] == FEES.text


async def test_whatsapp_outside_the_window_needs_a_template(store, twilio):
    _, whatsapp, fake = twilio
    error = await failing(whatsapp, Outgoing(1, ASHA, FEES, window_open=False))
    assert (error.final, error.cause) == (True, Cause.OUTSIDE_WINDOW)
    whatsapp._template = "HX1"
    await whatsapp.send(Outgoing(1, ASHA, Reply("two\nlines"), window_open=False))
    form = fake.phones.received(f"whatsapp:{ASHA}")[0].raw["form"]
    assert (form["ContentSid"], json.loads(form["ContentVariables"])) == ("HX1", {"1": "two lines"})


@pytest.mark.parametrize(
    ("fault", "retry_after", "final", "cause"),
    [
        (twilio_error(21610), None, True, Cause.OPTED_OUT),
        (twilio_error(21211), None, True, Cause.UNREACHABLE),
        (twilio_error(63016), None, True, Cause.OUTSIDE_WINDOW),
        (twilio_error(63018), 30.0, False, None),
        (twilio_error(21602), None, True, None),
        (twilio_error(20003, 401), None, False, None),
        (Fault(429, {"code": 20429}, {"Retry-After": "3"}), 3.0, False, None),
        (Fault(500, {}), None, False, None),
        (Fault(503, {}), None, False, None),
    ],
)
async def test_twilios_errors_are_understood_and_quoted_without_the_number(twilio, fault, retry_after, final, cause):
    sms, _, fake = twilio
    fake.faults.add(fault)
    error = await failing(sms, Outgoing(1, ASHA, FEES))
    assert (error.retry_after_s, error.final, error.cause) == (retry_after, final, cause)
    assert "254" not in str(error)


async def test_no_twilio_at_all_is_a_passing_fault(store):
    account = TwilioAccount("AC1", "token", "http://x", f"http://127.0.0.1:{free_port()}")
    error = await failing(SmsChannel(account, "+1", CommandWords(store)), Outgoing(1, ASHA, FEES))
    assert (error.final, error.cut_off) == (False, False)
    await account.close()


async def test_a_twilio_that_cannot_be_reached_in_time_took_nothing(store, monkeypatch):
    monkeypatch.setattr("bot.channels.twilio_account.TIMEOUT_S", 0.5)
    with socket.socket() as full, contextlib.ExitStack() as callers:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(8):  # the line of those who wait to be accepted is full: who comes next gets no connection
            caller = callers.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        account = TwilioAccount("AC1", "token", "http://x", f"http://127.0.0.1:{full.getsockname()[1]}")
        error = await failing(SmsChannel(account, "+1", CommandWords(store)), Outgoing(1, ASHA, FEES))
        assert (error.final, error.cut_off) == (False, False)
        await account.close()


async def test_a_twilio_that_hangs_up_may_have_taken_it(store):
    async def hang_up(reader, writer):
        await reader.read(100)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    account = TwilioAccount("AC1", "token", "http://x", url)
    error = await failing(SmsChannel(account, "+1", CommandWords(store)), Outgoing(1, ASHA, FEES))
    assert (error.final, error.cut_off) == (False, True)
    await account.close()
    server.close()


async def test_twilio_is_reached_through_the_environments_proxy(store, monkeypatch):
    fake = FakeTwilio("token", "http://127.0.0.1:9")
    async with serving(fake.app) as url:
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("no_proxy", "")
        account = TwilioAccount("AC1", "token", "http://127.0.0.1:9", "http://twilio.invalid")
        await SmsChannel(account, "+1", CommandWords(store)).send(Outgoing(1, ASHA, FEES))
        await account.close()
    assert len(fake.phones.received(ASHA)) == 1


async def test_a_twilio_that_does_not_answer_holds_up_nobody(store, monkeypatch):
    monkeypatch.setattr("bot.channels.twilio_account.TIMEOUT_S", 0.5)
    server = await asyncio.start_server(lambda reader, writer: asyncio.sleep(2), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    account = TwilioAccount("AC1", "token", "http://x", url)
    sms = SmsChannel(account, "+1", CommandWords(store))
    loop = asyncio.get_running_loop()
    sending = asyncio.create_task(failing(sms, Outgoing(1, ASHA, FEES)))
    longest = 0.0
    while not sending.done():
        before = loop.time()
        await asyncio.sleep(0.01)
        longest = max(longest, loop.time() - before)
    assert (await sending).cut_off  # it may have been taken
    assert longest < 0.3
    await account.close()
    server.close()


async def test_an_answer_that_is_there_counts_however_late_it_is_read(store, monkeypatch):
    monkeypatch.setattr("bot.channels.twilio_account.TIMEOUT_S", 0.5)
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as twilio:

        def answer():
            caller, _ = twilio.accept()
            caller.recv(10_000)
            asked.set()
            time.sleep(0.1)
            caller.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{"sid":"SM1"}')
            caller.close()

        account = TwilioAccount("AC1", "token", "http://x", f"http://127.0.0.1:{twilio.getsockname()[1]}")
        answering = asyncio.create_task(asyncio.to_thread(answer))
        sending = asyncio.create_task(SmsChannel(account, "+1", CommandWords(store)).send(Outgoing(1, ASHA, FEES)))
        await asyncio.to_thread(asked.wait)
        time.sleep(1)  # so long this process gets no processor
        assert await sending == "SM1"
        await answering
        await account.close()


def test_an_unknown_code_in_a_report_is_final():
    assert delivery_error(99999).final
