"""Contacts: found by a keyed hash of their address; whether they want to hear from us, and can."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.conversations.tables import Contact, Direction, Message, State
from bot.safety.encryption import AddressVault
from bot.storage.database import InsertOnce

WINDOW = dt.timedelta(hours=24)
"""WhatsApp takes free text for so long after the person's last message (twilio.com/docs/whatsapp/key-concepts)."""
OPTED_OUT = "opted out"
_LOCKED_AT = (
    select(Contact)
    .where(Contact.channel == bindparam("channel"), Contact.address_hash == bindparam("hash"))
    .with_for_update()
)
_NEW = InsertOnce(Contact)
_TABLE = Contact.__table__
_HEARD_FROM = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("contact"))
    .values(last_inbound_at=bindparam("at"), unreachable_at=None)
)


def locked_contact(session: Session, vault: AddressVault, channel: str, address: str, now: dt.datetime) -> Contact:
    """The contact at `address`, made at first sight, its row locked: what it sends gets its numbers one by one."""
    hashed = vault.lookup_hash(channel, address)
    known = {"channel": channel, "hash": hashed}
    found = session.execute(_LOCKED_AT, known).scalar()
    if found is None:
        values = {
            "id": secrets.token_hex(16),
            "channel": channel,
            "address_hash": hashed,
            "address_encrypted": vault.encrypt(address),
            "created_at": now,
        }
        session.execute(_NEW, values)
        found = session.execute(_LOCKED_AT, known).scalar_one()
    assert isinstance(found, Contact)
    return found


def heard_from(session: Session, contact: Contact, now: dt.datetime) -> None:
    """Note that the person has just written, and so can be reached."""
    # at every message: the session's own way to it, a flush, takes three times as long
    session.execute(_HEARD_FROM, {"contact": contact.id, "at": now})
    set_committed_value(contact, "last_inbound_at", now)
    set_committed_value(contact, "unreachable_at", None)


def opt_out(session: Session, contact: Contact, now: dt.datetime) -> None:
    """Obey STOP: nothing more is sent, also not what is on its way."""
    contact.opted_out_at = now
    session.execute(
        update(Message)
        .where(
            Message.contact_id == contact.id,
            Message.direction == Direction.OUT.value,
            Message.state == State.QUEUED.value,
        )
        .values(state=State.WITHHELD.value, error=OPTED_OUT, claim=None)
        .execution_options(synchronize_session=False)
    )


def set_reachable(session: Session, contact: Contact, reachable: bool, now: dt.datetime) -> None:
    """Note that the person blocked us or unblocked us; what cannot arrive becomes a dead letter."""
    contact.unreachable_at = None if reachable else now
    if not reachable:
        session.execute(
            update(Message)
            .where(
                Message.contact_id == contact.id,
                Message.direction == Direction.OUT.value,
                Message.state == State.QUEUED.value,
            )
            .values(state=State.DEAD.value, error="unreachable", claim=None)
            .execution_options(synchronize_session=False)
        )


def window_closes(contact: Contact) -> dt.datetime | None:
    """Until when free text may be sent; None on channels that have no such window.

    The console tells staff, and offers a template afterwards.
    """
    if contact.channel != "whatsapp":
        return None
    last: dt.datetime = contact.last_inbound_at or contact.created_at
    return last + WINDOW
