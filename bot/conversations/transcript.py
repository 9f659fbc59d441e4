"""Reading a conversation back, as its person sees it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.tables import Contact, Direction, Message, State
from bot.safety.encryption import AddressVault


def fetch_web(session: Session, vault: AddressVault, address: str, after: int, limit: int = 100) -> list[Message]:
    """The messages of a web chat after id `after`, oldest first; what is fetched counts as sent."""
    hashed = vault.lookup_hash("web", address)
    contact = select(Contact.id).where(Contact.channel == "web", Contact.address_hash == hashed).scalar_subquery()
    query = select(Message).where(Message.contact_id == contact, Message.id > after).order_by(Message.id).limit(limit)
    found = list(session.execute(query).scalars())
    queued = [message.id for message in found if message.state == State.QUEUED.value]
    if queued:
        session.execute(
            update(Message)
            .where(Message.id.in_(queued), Message.direction == Direction.OUT.value)
            .values(state=State.SENT.value)
            .execution_options(synchronize_session=False)
        )
    return found
