import datetime as dt

import pytest

from bot.console import content_jobs
from bot.console.content_jobs import digest_text, send_digest
from bot.console.texts import Texts
from bot.editing.mail import Mailer
from bot.editing.staleness import staleness

LATE = dt.datetime(2027, 3, 1, 8, 0, tzinfo=dt.timezone.utc)


@pytest.fixture
def mailing(settings):
    return settings.copy(update={"smtp_url": _Secret("smtp://x"), "digest_to": "asha@example.org, ben@example.org"})


class _Secret:
    def __init__(self, value):
        self._value = value

    def get_secret_value(self):
        return self._value


def test_the_digest_goes_out_once_a_week_to_all_editors(mailing, database, store, monkeypatch):
    sent = []
    monkeypatch.setattr(Mailer, "send", lambda self, subject, body: sent.append((self.to, subject, body)))
    assert send_digest(mailing, database, store, LATE)
    assert not send_digest(mailing, database, store, LATE + dt.timedelta(hours=1))
    ((to, subject, body),) = sent
    assert to == ["asha@example.org", "ben@example.org"]
    assert "past their review date" in subject
    assert "centres/AE.yml" in body
    assert "more" in body.splitlines()[-3]
    assert "/console/content" in body


def test_without_a_mail_server_or_anything_to_tell_nothing_is_sent(settings, mailing, database, store, monkeypatch):
    monkeypatch.setattr(Mailer, "send", lambda *_: pytest.fail("sent"))
    assert not send_digest(settings, database, store, LATE)
    assert not send_digest(mailing, database, store, dt.datetime(2026, 11, 25, tzinfo=dt.timezone.utc))


@pytest.mark.parametrize("language", ["en", "fr", "pt", "sw"])
def test_the_digest_speaks_the_language_of_the_office(settings, store, content_dir, language):
    texts = Texts(content_dir, store.current.languages)
    spoken = settings.copy(update={"default_language": language})
    subject, body = digest_text(texts, spoken, staleness(store.current, LATE.date()), 2)
    assert subject == texts.get(
        "editing.digest.subject", language, past=staleness(store.current, LATE.date()).past_count
    )
    assert len(body.splitlines()) < 120


def test_the_jobs_outlive_a_database_that_is_away(settings, store, monkeypatch):
    """The loop is tried for a moment with a database that refuses everything."""
    import asyncio

    from bot.storage.database import Database

    monkeypatch.setattr(content_jobs, "LOOK_EVERY_S", 0.01)

    async def run():
        lost = Database("postgresql://salama@127.0.0.1:1/none")
        task = asyncio.create_task(content_jobs.run_content_jobs(settings, lost, store))
        await asyncio.sleep(0.5)
        assert not task.done()
        task.cancel()

    asyncio.run(run())
