import pytest

from bot.knowledge.store import KnowledgeStore
from tests.conversations.desk import Office
from tests.conversations.phones import Clock


@pytest.fixture(scope="session")
def store(content_dir):
    return KnowledgeStore(content_dir)


@pytest.fixture
def office(database, vault, store):
    return Office(database, vault, store)


@pytest.fixture
def clock():
    return Clock()
