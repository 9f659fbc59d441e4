"""The whole way of a message on three phones at once: provider, webhook, database, engine, sender, and back."""

import asyncio
import contextlib
import io
import itertools
import logging

import httpx
import pytest
from sqlalchemy import select

from bot import logs
from bot.channels.configured import configured, telegram
from bot.conversations.delivery import Sender
from bot.conversations.notices import Notices
from bot.conversations.polling import poll
from bot.conversations.tables import Message
from bot.conversations.worker import Worker
from bot.fakes.app import create_app as create_fakes
from bot.gateway.app import create_app, rate_limit
from bot.gateway.intake import Intake
from bot.knowledge.store import KnowledgeStore
from bot.safety.encryption import AddressVault
from bot.settings import load_settings
from tests.channels.serving import free_port, serving

CHAT, NUMBER = 42, "+254700000001"
TURNS = [
    "hello",
    1,  # the first entry of the menu, by button or digit
    2,
    "how much can an agent charge me?",
    "is this agency licensed: Gulf Jobs",
    "français",
    "qui garde mon passeport ?",
    "0",
    "they locked me in a room, help me",
    "merci",
]


class Phone:
    """One phone: it writes, and waits until the answer stands on its screen."""

    def __init__(self, name, fakes, database):
        self.name, self.database = name, database
        self.telegram, self.twilio = fakes.state.telegram, fakes.state.twilio
        self.address = {"telegram": str(CHAT), "sms": NUMBER, "whatsapp": f"whatsapp:{NUMBER}"}[name]
        provider = self.telegram if name == "telegram" else self.twilio
        self.received = lambda: provider.phones.received(self.address)

    async def take(self, turn):
        if isinstance(turn, str):
            await (
                self.telegram.write(CHAT, turn) if self.name == "telegram" else self.twilio.write(self.address, turn)
            )
            return
        bubble = next(b for b in reversed(self.received()) if b.buttons or self.name == "sms")
        if self.name == "telegram":
            await self.telegram.press(CHAT, bubble, turn - 1)
        elif self.name == "whatsapp":
            await self.twilio.press(self.address, bubble, turn - 1)
        else:
            await self.twilio.write(self.address, str(turn))

    def messages(self):
        with self.database.reading() as session:
            query = select(Message).where(Message.channel == self.name).order_by(Message.id)
            return list(session.execute(query).scalars())

    async def say(self, turn):
        before = len(self.messages())
        await self.take(turn)
        for _ in range(1000):
            messages = self.messages()
            if len(messages) > before + 1 and all(m.state in ("answered", "sent") for m in messages):
                return
            await asyncio.sleep(0.02)
        raise AssertionError([(m.direction, m.state, m.error) for m in messages])


@contextlib.asynccontextmanager
async def running(settings, database, assistant, vault):
    """Gateway, fakes, engine, sender and poller in one event loop."""
    store, stop = KnowledgeStore(settings.content_dir), asyncio.Event()
    fakes = create_fakes(settings)
    intake = Intake(database, vault, rate_limit(settings, store))
    async with serving(create_app(settings), settings.port), serving(fakes, settings.port + 1):
        jobs = [
            Worker(database, assistant, Notices(store, "en")).run(stop),
            Sender(database, vault, configured(settings, store)).run(stop),
            poll(telegram(settings, store), intake.put, stop),
        ]
        tasks = [asyncio.create_task(job) for job in jobs]
        yield fakes
        stop.set()
        await asyncio.gather(*tasks)


@pytest.fixture
def settings(database, tmp_path):
    url = database.url.render_as_string(hide_password=False)
    return load_settings(database_url=url, var_dir=tmp_path, port=free_port(), fakes=True, messages_per_minute=100)


@pytest.fixture
def log():
    """What our processes would log at INFO."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines("test"))
    logs.set_up("INFO", handler)
    yield written
    logging.getLogger().removeHandler(handler)


async def test_ten_turns_run_the_same_on_three_phones(settings, database, assistant, log):
    async with running(settings, database, assistant, AddressVault(settings.address_secret())) as fakes:
        phones = [Phone(name, fakes, database) for name in ("telegram", "sms", "whatsapp")]
        for turn in TURNS:
            await asyncio.gather(*(phone.say(turn) for phone in phones))
        async with httpx.AsyncClient() as page:
            shown = (await page.get(f"http://127.0.0.1:{settings.port + 1}/screens")).json()
    told = {p.name: [(m.intent or m.content_id) for m in p.messages() if m.state != "withheld"] for p in phones}
    pages_as_one = {channel: [id for id, _ in itertools.groupby(ids)] for channel, ids in told.items()}
    assert pages_as_one["telegram"] == pages_as_one["sms"] == pages_as_one["whatsapp"]
    intents = [m.intent for m in phones[0].messages() if m.direction == "in"]
    assert len(intents) == 10
    assert (intents[3], intents[5], intents[8]) == ("recruitment_fees", "change_language", "emergency")
    assert intents[1] == "menu"
    for phone in phones:
        assert [b.text for b in phone.received()] == [
            bubble["text"] for bubble in shown[phone.name] if not bubble["mine"]
        ]
    lines = log.getvalue()
    assert f"delivered message_id={phones[0].messages()[-1].id} channel=telegram" in lines
    for planted in ("Gulf Jobs", NUMBER, "254700000001", "passeport", "1:fake"):
        assert planted not in lines
