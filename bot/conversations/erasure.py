"""Erasing a person: everything they wrote, were told, and that was noted about them; from the database's files too."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.conversations import search
from bot.conversations.desk_tables import Note, QueueEntry, Suggestion, Tag
from bot.conversations.housekeeping_tables import By, Erasure
from bot.conversations.tables import Contact, Conversation, DialogueState, Message
from bot.registry import filing
from bot.registry.tables import Watch
from bot.storage.database import Database

logger = logging.getLogger(__name__)
HOLD_WORDS = (Message, Conversation, Contact, DialogueState, QueueEntry, Note, Tag, Suggestion, Watch)


def forget(session: Session, contact_id: str, by: By, now: dt.datetime) -> None:
    """Delete everything the contact wrote and was told, what staff noted, and what the engine remembers.

    The contact itself stays, so that the confirmation can be delivered.
    """
    # replies point at questions, and rows are deleted in any order
    session.execute(update(Message).where(Message.contact_id == contact_id).values(reply_to=None))
    texts = session.execute(delete(Message).where(Message.contact_id == contact_id)).rowcount
    # queues, notes, tags and suggestions go with them
    session.execute(delete(Conversation).where(Conversation.contact_id == contact_id))
    session.execute(update(Contact).where(Contact.id == contact_id).values(conversation_id=None))
    session.execute(delete(DialogueState).where(DialogueState.contact_id == contact_id))
    filing.forget(session, contact_id)
    session.add(Erasure(at=now, by=by.value, texts=texts))


def erase_contact(session: Session, contact_id: str, now: dt.datetime) -> bool:
    """What staff do when a person asks them: forget the contact, and then the address too; False when it is gone."""
    contact = session.execute(select(Contact).where(Contact.id == contact_id).with_for_update()).scalar()
    if contact is None:
        return False
    forget(session, contact_id, By.STAFF, now)
    session.execute(delete(Contact).where(Contact.id == contact_id))
    return True


def scrub_if_due(database: Database, now: dt.datetime) -> bool:
    """Take what was erased since the last time out of the database's files; returns whether all of it is gone."""
    due = Erasure.scrubbed_at.is_(None)
    with database.reading() as session:
        ids = list(session.execute(select(Erasure.id).where(due)).scalars())
    if not ids:
        return True
    search.purge(database)
    if not database.scrub([table.__tablename__ for table in HOLD_WORDS]):
        logger.warning("erased texts are still in the database's files: somebody reads for long; tried again")
        return False
    with database.transaction() as session:
        # several senders may have done it
        session.execute(
            update(Erasure)
            .where(due, Erasure.id <= max(ids))
            .values(scrubbed_at=now)
            .execution_options(synchronize_session=False)
        )
    logger.info("erased texts are gone from the database's files", extra={"erasures": len(ids)})
    return True
