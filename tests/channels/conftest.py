from pathlib import Path

import pytest

from bot.channels.configured import configured
from bot.knowledge.store import KnowledgeStore
from bot.settings import load_settings

PAYLOADS = Path(__file__).parent / "payloads"
PUBLIC = "https://salama.example"


@pytest.fixture(scope="session")
def store(content_dir):
    return KnowledgeStore(content_dir)


@pytest.fixture
def settings(tmp_path):
    return load_settings(
        var_dir=tmp_path,
        public_url=PUBLIC,
        telegram_token="1:token",
        twilio_account_sid="AC1",
        twilio_auth_token="twilio-token",
        twilio_sms_from="+10000000001",
        twilio_whatsapp_from="+10000000002",
    )


@pytest.fixture
def channels(settings, store):
    return configured(settings, store)
