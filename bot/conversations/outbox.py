"""The outbox: handing queued replies to senders, in order for each contact, and noting what became of them."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, case, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from bot.channels.protocol import Cause, DeliveryError, DeliveryReport, Outgoing
from bot.conversations.claims import OUTBOX_CLAIM, UNCLAIMED, is_first, new_token
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

_QUEUED = and_(Message.direction == Direction.OUT.value, Message.state == State.QUEUED.value)
_READY = and_(
    _QUEUED, UNCLAIMED, Message.due_at <= bindparam("now"), Message.channel.in_(bindparam("channels", expanding=True))
)
# statements of every message are built once: building one takes longer than running it
_ANY_DUE = select(Message.id).where(_READY).limit(1)
_DUE = (
    select(
        Message.id, Message.channel, Message.text, Message.choices, Message.content_id, Message.delivery, Message.claim,
        Contact,
    )
    .join(Contact, Contact.id == Message.contact_id)
    .where(_READY, is_first(Direction.OUT, State.QUEUED))
    .order_by(Message.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Message)
)  # fmt: skip
_TABLE = Message.__table__
_THESE = _TABLE.c.id.in_(bindparam("ids", expanding=True))
_QUEUE = insert(_TABLE).inline()
_CLAIM = (
    update(_TABLE)
    .where(_THESE)
    .values(
        claim=bindparam("token"),
        claimed_until=bindparam("until"),
        cut_off=_TABLE.c.cut_off + case((_TABLE.c.claim.is_not(None), 1), else_=0),
    )
)
_FREE = select(_TABLE.c.id, _TABLE.c.claim, _TABLE.c.delivery, _TABLE.c.error).where(_THESE)
_FREE = _FREE.with_for_update(skip_locked=True)
_SENT = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("of"))
    .values(
        state=bindparam("ends_as"),
        error=bindparam("said"),
        provider_id=bindparam("given"),
        claim=None,
        claimed_until=None,
        attempts=_TABLE.c.attempts + 1,
    )
)


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
    values = {
        "contact_id": contact.id,
        "direction": Direction.OUT.value,
        "state": State.WITHHELD.value if withheld else State.QUEUED.value,
        "error": OPTED_OUT if withheld else None,
        "channel": contact.channel,
        "text": reply.text,
        "choices": _stored(reply.choices),
        "rest": [reply.rest.text, _stored(reply.rest.choices)] if reply.rest else None,
        "content_id": reply.content_id,
        "reply_to": reply_to,
        "conversation_id": conversation_id or contact.conversation_id,
        "staff_id": staff_id,
        "created_at": now,
        "due_at": now,
    }
    session.execute(_QUEUE, values)
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
    return session.execute(_ANY_DUE, {"channels": channels, "now": now}).first() is not None


def claim_due(
    session: Session, vault: AddressVault, channels: Sequence[str], limit: int, now: dt.datetime
) -> list[Due]:
    """Take up to `limit` replies that are due on `channels`, at most one a contact: its oldest."""
    rows = session.execute(_DUE, {"channels": channels, "now": now, "most": limit}).all()
    if not rows:
        return []
    token = new_token()
    taken = {"ids": [row.id for row in rows], "token": token, "until": now + OUTBOX_CLAIM}
    session.execute(_CLAIM, taken)
    return [due for row in rows if (due := _taken(session, vault, row, token, now)) is not None]


def _taken(session: Session, vault: AddressVault, row: Row, token: str, now: dt.datetime) -> Due | None:
    if row.claim is not None:  # whoever had it never said how it ended
        logger.warning("sent again", extra={"message_id": row.id, "reason": "the end of the last try is unknown"})
    try:
        address = vault.decrypt(row.Contact.address_encrypted)
    except SecretError as error:
        unreadable = update(Message).where(Message.id == row.id)
        session.execute(unreadable.values(state=State.DEAD.value, error=str(error), claim=None))
        return None
    closes = window_closes(row.Contact)
    reply = Reply(row.text, tuple(Choice(*choice) for choice in row.choices), row.content_id)
    outgoing = Outgoing(row.id, address, reply, closes is None or now < closes, row.delivery == PLAIN)
    return Due(row.channel, token, outgoing)


def record_sent(session: Session, sent: Sequence[tuple[Due, str]]) -> list[tuple[Due, str]]:
    """Note of all `sent` the provider's id, as `record` does; returns those that somebody else has locked just now.

    Nobody waits here for a lock while holding another, so that no two can wait for each other.
    """
    if not sent:
        return []
    found = session.execute(_FREE, {"ids": [due.outgoing.message_id for due, _ in sent]})
    rows = {row.id: row for row in found}
    ends = [
        {"of": due.outgoing.message_id, "given": provider_id[:128] or None, **_end(row.delivery, row.error)}
        for due, provider_id in sent
        if (row := rows.get(due.outgoing.message_id)) and row.claim == due.token
    ]
    if ends:
        session.execute(_SENT, ends)
    return [one for one in sent if one[0].outgoing.message_id not in rows]


def _end(delivery: str | None, error: str | None) -> dict[str, str | None]:
    """State and error of a message that the provider took."""
    failed = delivery in FAILED  # the report was here first
    return {"ends_as": (State.DEAD if failed else State.SENT).value, "said": error if failed else None}


def record(session: Session, due: Due, result: str | DeliveryError, now: dt.datetime) -> None:
    """Note how a send ended: the provider's id, or why not."""
    contact, message = _locked(session, due.outgoing.message_id)
    if contact is None or message is None or message.claim != due.token:
        return  # erased or stopped meanwhile, or another sender has it
    message.attempts += 1
    message.claim = message.claimed_until = None
    if isinstance(result, str):
        end = _end(message.delivery, message.error)
        message.state, message.error, message.provider_id = end["ends_as"], end["said"], result[:128] or None
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
