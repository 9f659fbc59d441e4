"""Telling people who asked for it that an import has changed what the lists say of an agency.

A watch keeps the status that its person knows. The message and that status change in one transaction, so that each
change is told once, whichever process looks first and whenever it dies.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from bot.channels.rendering import pages
from bot.conversations.notices import Notices
from bot.conversations.outbox import queue
from bot.conversations.tables import Contact
from bot.conversations.worker import now
from bot.registry import replies
from bot.registry.replies import GONE, WatchedChange
from bot.registry.snapshots import in_force
from bot.registry.source import Source
from bot.registry.tables import RegistryEntry, Watch
from bot.storage.database import Database

logger = logging.getLogger(__name__)
LOOK_S = 30.0
AT_A_TIME = 200

_current = and_(
    RegistryEntry.source == Watch.source,
    RegistryEntry.identity == Watch.identity,
    RegistryEntry.staged.is_(False),
    RegistryEntry.until_id.is_(None),
)


class Watcher:
    """Looks for changes and queues the messages. Nobody is written to after STOP; on START what was missed is told.

    Args:
        sources: the lists' descriptions by id.
        notices: composes texts in the person's language.
    """

    def __init__(self, database: Database, sources: Mapping[str, Source], notices: Notices) -> None:
        self._database, self._sources, self._notices = database, sources, notices

    async def run(self, stop: asyncio.Event) -> None:
        """Look every half minute until `stop` is set."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.tell)
            except Exception as error:  # a database gone must not end the process
                logger.error("changes could not be told", extra={"error": type(error).__name__})
            try:
                await asyncio.wait_for(stop.wait(), LOOK_S)
            except asyncio.TimeoutError:
                continue

    def tell(self) -> int:
        """Queue a message for every change that somebody waits for; returns how many."""
        with self._database.reading() as session:
            due = list(session.execute(_due(self._sources)))
        told = 0
        for contact_id, source, identity in due:
            with self._database.transaction() as session:
                told += self._tell(session, contact_id, source, identity)
        if told:
            logger.info("changes told", extra={"messages": told})
        return told

    def _tell(self, session: Session, contact_id: str, source: str, identity: str) -> int:
        """One message, unless somebody else was faster or the person said STOP in the meantime."""
        contact = session.execute(select(Contact).where(Contact.id == contact_id).with_for_update()).scalar()
        watch = session.get(Watch, (contact_id, source, identity), populate_existing=True)
        if contact is None or watch is None or contact.opted_out_at or contact.unreachable_at:
            return 0
        entry, is_listed = _entry(session, source, identity)
        status = entry.status if is_listed else GONE
        mine = update(Watch).filter_by(contact_id=contact_id, source=source, identity=identity, status=watch.status)
        before = watch.status
        if status == before or session.execute(mine.values(status=status)).rowcount != 1:
            return 0
        snapshot = in_force(session, source)
        as_of = (entry.as_of if is_listed else None) or (snapshot.published if snapshot else None)
        change = WatchedChange(self._sources[source], entry.id, entry.name, before, status, as_of)
        composer = self._notices.composer(contact.channel, contact.language)
        labels = self._notices.page_labels(contact.language)
        for page in pages(replies.watched_change(composer, change), contact.channel, *labels):
            queue(session, contact, page, now())
        return 1


def _due(sources: Mapping[str, Source]) -> Select:
    """Watches whose entry says something else today than their person was told, of people who can be written to."""
    status = func.coalesce(RegistryEntry.status, GONE)
    return (
        select(Watch.contact_id, Watch.source, Watch.identity)
        .select_from(Watch)
        .join(Contact, Contact.id == Watch.contact_id)
        .outerjoin(RegistryEntry, _current)
        .where(status != Watch.status, Watch.source.in_(list(sources)))
        .where(Contact.opted_out_at.is_(None), Contact.unreachable_at.is_(None))
        .order_by(Watch.created_at)
        .limit(AT_A_TIME)
    )


def _entry(session: Session, source: str, identity: str) -> tuple[RegistryEntry, bool]:
    """The newest entry of a licence, and whether the list in force has it."""
    query = (
        select(RegistryEntry)
        .where(RegistryEntry.source == source, RegistryEntry.identity == identity, RegistryEntry.staged.is_(False))
        .order_by(RegistryEntry.until_id.is_(None).desc(), RegistryEntry.id.desc())
        .limit(1)
    )
    entry = session.execute(query).scalar_one()
    return entry, entry.until_id is None
