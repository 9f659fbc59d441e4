"""The outbox: handing queued replies to senders, in order for each contact, and noting what became of them."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.channels.protocol import Cause, DeliveryError, DeliveryReport, Outgoing
from bot.conversations.claims import OUTBOX_CLAIM, new_token
from bot.conversations.contacts import OPTED_OUT, opt_out, set_reachable, window_closes
from bot.conversations.tables import Contact, Direction, Message, State
from bot.knowledge.reply import Choice, Reply
from bot.safety.encryption import AddressVault, SecretError
from bot.storage.wakeup import Work, wake

logger = logging.getLogger(__name__)
RETRY_FOR = dt.timedelta(hours=24)
"""A passing fault is retried for so long: an answer of yesterday may help, an older one confuses."""
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 120.0
FAILED = ("failed", "undelivered")
PLAIN = "plain"
"""Kept in `delivery` of a message whose buttons were refused: it is sent again with numbers."""


def queue(
    session: Session,
    contact: Contact,
    reply: Reply,
    now: dt.datetime,
    reply_to: int | None = None,
    withheld: bool = False,
    conversation_id: int | None = None,
    staff_id: int | None = None,
) -> None:
    """Put a message to `contact` into the outbox.

    Args:
        reply_to: the message that it answers; None when it comes unasked.
        withheld: keep it, unsent, because the person had said STOP.
        conversation_id: where it belongs; None is the contact's open conversation, if there is one.
        staff_id: who wrote it, if it was not the bot.
    """
    session.add(
        Message(
            contact_id=contact.id,
            direction=Direction.OUT.value,
            state=State.WITHHELD.value if withheld else State.QUEUED.value,
            error=OPTED_OUT if withheld else None,
            channel=contact.channel,
            text=reply.text,
            choices=_stored(reply.choices),
            rest=[reply.rest.text, _stored(reply.rest.choices)] if reply.rest else None,
            content_id=reply.content_id,
            reply_to=reply_to,
            conversation_id=conversation_id or contact.conversation_id,
            staff_id=staff_id,
            created_at=now,
            due_at=now,
        )
    )
    wake(session, Work.OUTBOX)


def _stored(choices: tuple[Choice, ...]) -> list[list[str]]:
    return [[choice.title, choice.payload] for choice in choices]


@dataclass(frozen=True)
class Due:
    """A reply that this sender alone may send until the claim runs out."""

    channel: str
    token: str
    outgoing: Outgoing


def wait_s(attempts: int) -> float:
    """Seconds until the next try after `attempts` failures: doubling, with jitter so that retries spread."""
    return random.uniform(0.5, 1.0) * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (min(attempts, 20) - 1))


def is_due(session: Session, channels: Sequence[str], now: dt.datetime) -> bool:
    """Whether something may be due on `channels`: a look that locks nothing."""
    query = (
        select(Message.id)
        .where(
            Message.direction == Direction.OUT.value,
            Message.state == State.QUEUED.value,
            Message.channel.in_(list(channels)),
            Message.due_at <= now,
            or_(Message.claim.is_(None), Message.claimed_until <= now),
        )
        .limit(1)
    )
    return session.execute(query).first() is not None


def claim_due(
    session: Session, vault: AddressVault, channels: Sequence[str], limit: int, now: dt.datetime
) -> list[Due]:
    """Take up to `limit` replies that are due on `channels`, at most one a contact: its oldest."""
    earlier = aliased(Message)
    queued = and_(Message.direction == Direction.OUT.value, Message.state == State.QUEUED.value)
    before = exists().where(
        earlier.contact_id == Message.contact_id,
        earlier.direction == Direction.OUT.value,
        earlier.state == State.QUEUED.value,
        earlier.id < Message.id,
    )
    free = or_(Message.claim.is_(None), Message.claimed_until <= now)
    query = (
        select(Message)
        .where(queued, free, Message.due_at <= now, Message.channel.in_(list(channels)), ~before)
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = list(session.execute(query).scalars())
    people = select(Contact).where(Contact.id.in_([message.contact_id for message in claimed]))
    contacts = {contact.id: contact for contact in session.execute(people).scalars()} if claimed else {}
    return [due for m in claimed if (due := _take(vault, m, contacts[m.contact_id], now)) is not None]


def _take(vault: AddressVault, message: Message, contact: Contact, now: dt.datetime) -> Due | None:
    if message.claim is not None:  # whoever had it never said how it ended
        message.cut_off += 1
        logger.warning("sent again", extra={"message_id": message.id, "reason": "the end of the last try is unknown"})
    message.claim, message.claimed_until = new_token(), now + OUTBOX_CLAIM
    try:
        address = vault.decrypt(contact.address_encrypted)
    except SecretError as error:
        message.state, message.error, message.claim = State.DEAD.value, str(error), None
        return None
    closes = window_closes(contact)
    reply = Reply(message.text, tuple(Choice(*choice) for choice in message.choices), message.content_id)
    outgoing = Outgoing(message.id, address, reply, closes is None or now < closes, message.delivery == PLAIN)
    return Due(message.channel, message.claim, outgoing)


def record(session: Session, due: Due, result: str | DeliveryError, now: dt.datetime) -> None:
    """Note how a send ended: the provider's id, or why not."""
    contact, message = _locked(session, due.outgoing.message_id)
    if contact is None or message is None or message.claim != due.token:
        return  # erased or stopped meanwhile, or another sender has it
    message.attempts += 1
    message.claim = message.claimed_until = None
    if isinstance(result, str):
        failed = message.delivery in FAILED  # the report was here first
        message.state, message.provider_id = (State.DEAD if failed else State.SENT).value, result[:128] or None
        message.error = message.error if failed else None
        wake(session, Work.OUTBOX)  # the contact's next reply is free now
        return
    _fail(session, contact, message, result, now)


def report(session: Session, report: DeliveryReport, now: dt.datetime) -> None:
    """Note what the provider says about a message that it took; reports may come twice and in any order."""
    contact, message = _locked(session, report.message_id)
    if contact is None or message is None or message.direction != Direction.OUT.value:
        return
    if report.error is None:
        if message.delivery not in ("read", PLAIN) and message.state != State.DEAD.value:
            message.delivery = report.status[:16]
        return
    if message.state == State.QUEUED.value and message.claim is not None:
        message.delivery, message.error = report.status[:16], str(report.error)[:200]
    elif message.state == State.SENT.value:
        message.delivery = report.status[:16]
        _fail(session, contact, message, report.error, now)


def _locked(session: Session, message_id: int) -> tuple[Contact | None, Message | None]:
    of = select(Message.contact_id).where(Message.id == message_id).scalar_subquery()
    contact = session.execute(select(Contact).where(Contact.id == of).with_for_update()).scalar()
    return contact, session.get(Message, message_id, with_for_update=True) if contact else None


def _fail(session: Session, contact: Contact, message: Message, error: DeliveryError, now: dt.datetime) -> None:
    message.error = str(error)[:200]
    message.cut_off += 1 if error.cut_off else 0
    if error.cause is Cause.BUTTONS_REFUSED and message.delivery != PLAIN:
        message.state, message.delivery, message.due_at = State.QUEUED.value, PLAIN, now
    elif error.final or message.state == State.SENT.value or now - message.created_at > RETRY_FOR:
        message.state = State.DEAD.value
    else:
        message.due_at = now + dt.timedelta(seconds=error.retry_after_s or wait_s(message.attempts))
    if error.cause is Cause.OPTED_OUT:
        message.state = State.WITHHELD.value
        opt_out(session, contact, now)
    elif error.cause is Cause.UNREACHABLE:
        set_reachable(session, contact, False, now)
    wake(session, Work.OUTBOX)


def dead_letters(session: Session, limit: int = 100) -> list[Message]:
    """Replies that could not be delivered, the newest first."""
    dead = and_(Message.direction == Direction.OUT.value, Message.state == State.DEAD.value)
    return list(session.execute(select(Message).where(dead).order_by(Message.id.desc()).limit(limit)).scalars())


def resend(session: Session, message_ids: Sequence[int], now: dt.datetime) -> int:
    """Queue dead letters again; returns how many of `message_ids` were dead. Nobody is written to after STOP."""
    stopped = select(Contact.id).where(Contact.opted_out_at.is_not(None))
    done = session.execute(
        update(Message)
        .where(Message.id.in_(list(message_ids)), Message.state == State.DEAD.value, Message.contact_id.not_in(stopped))
        .values(state=State.QUEUED.value, due_at=now, error=None, claim=None, delivery=None, created_at=now)
        .execution_options(synchronize_session=False)
    )
    wake(session, Work.OUTBOX)
    return int(done.rowcount)
