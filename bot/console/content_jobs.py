"""What happens to the content by the clock: scheduled texts are published, editors get a weekly digest."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from bot.console.texts import Texts
from bot.editing import workflow
from bot.editing.mail import Mailer, MailError
from bot.editing.publishing import Publisher
from bot.editing.second_pair import SecondPair
from bot.editing.staleness import Due, Staleness, staleness
from bot.editing.tables import State
from bot.editing.translations import TranslationWatch
from bot.editing.weekly import once_a_week
from bot.knowledge.store import KnowledgeStore
from bot.settings import Settings
from bot.storage.database import Database

logger = logging.getLogger(__name__)
LOOK_EVERY_S = 5.0
DIGEST_EVERY = dt.timedelta(hours=1)
MOST_LINES = 50


async def run_content_jobs(settings: Settings, database: Database, store: KnowledgeStore) -> None:
    """Publish what is due every few seconds, and look hourly whether the digest is; until cancelled."""
    publisher = Publisher(database, settings.content_dir, SecondPair(settings.content_review))
    translations = TranslationWatch(database, settings.content_dir)
    looked: dt.datetime | None = None
    while True:
        now = dt.datetime.now(dt.timezone.utc)
        try:
            for id, error in await run_in_threadpool(publisher.publish_due, now):
                logger.info("scheduled revision %d %s", id, f"went back: {error.code}" if error else "published")
            await run_in_threadpool(translations.look, store.current, now)
            if looked is None or now - looked >= DIGEST_EVERY:
                looked = now
                await run_in_threadpool(send_digest, settings, database, store, now)
        except (SQLAlchemyError, MailError) as error:
            logger.error("content job: %s", error if isinstance(error, MailError) else type(error).__name__)
        await asyncio.sleep(LOOK_EVERY_S)


def send_digest(settings: Settings, database: Database, store: KnowledgeStore, now: dt.datetime) -> bool:
    """Mail this week's digest, if mail is set up, nobody has sent it, and there is something to tell.

    Raises:
        MailError: it was not sent; the next look tries again.
    """
    mailer = _mailer(settings)
    if mailer is None:
        return False
    found = staleness(store.current, now.date())
    with database.reading() as session:
        waiting = sum(r.state == State.IN_REVIEW.value for r in workflow.open_revisions(session))
    if not (found.past or found.soon or waiting):
        return False
    texts = Texts(settings.content_dir, store.current.languages)
    subject, body = digest_text(texts, settings, found, waiting)
    return once_a_week(database, now, lambda: mailer.send(subject, body))


def digest_text(texts: Texts, settings: Settings, found: Staleness, waiting: int) -> tuple[str, str]:
    """The digest's subject and body, in the default language."""

    def t(key: str, **values: object) -> str:
        return texts.get(f"editing.{key}", settings.default_language, **values)

    soon = sum(due.count for due in found.soon)
    blocks = [t("stale_summary", past=found.past_count, total=found.total, soon=soon)]
    blocks += [t("digest.waiting", count=waiting)] if waiting else []
    for key, list_of in (("past", found.past), ("soon", found.soon)):
        if list_of:
            left = len(list_of) - MOST_LINES
            more = [t("digest.more", count=left)] if left > 0 else []
            blocks.append("\n".join([t(f"digest.{key}"), *map(_line, list_of[:MOST_LINES]), *more]))
    blocks.append(t("digest.where", url=f"{settings.base_url}/console/content"))
    return t("digest.subject", past=found.past_count), "\n\n".join(blocks)


def _line(due: Due) -> str:
    return f"- {due.review_by}  {due.path} ({due.count})"


def _mailer(settings: Settings) -> Mailer | None:
    to = [address.strip() for address in settings.digest_to.split(",") if address.strip()]
    if settings.smtp_url is None or not to:
        return None
    return Mailer(settings.smtp_url.get_secret_value(), settings.digest_from or to[0], to)
