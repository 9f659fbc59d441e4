"""Closing: the answers to claimed messages are stored together with the end of their claims, exactly once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from bot.conversations import lifecycle
from bot.conversations.claiming import Claimed
from bot.conversations.erasure import forget
from bot.conversations.housekeeping_tables import By
from bot.conversations.outbox import queue
from bot.conversations.tables import Contact, Conversation, DialogueState, Message, State
from bot.conversations.turn import Turn, silence
from bot.knowledge.understood import EMERGENCY
from bot.storage.wakeup import Work, wake

_MESSAGES, _STATES = Message.__table__, DialogueState.__table__
# statements of every message are built once: building one takes longer than running it
_LOCKED_CONTACT = select(Contact).where(Contact.id == bindparam("contact")).with_for_update()
_FREE_CONTACTS = select(Contact).where(Contact.id.in_(bindparam("ids", expanding=True)))
_FREE_CONTACTS = _FREE_CONTACTS.with_for_update(skip_locked=True)
_PLACES = (
    select(Message.id, Conversation, Message.created_at)
    .join(Message, Message.conversation_id == Conversation.id)
    .where(Message.id.in_(bindparam("messages", expanding=True)))
)
_ANSWERED = (
    update(_MESSAGES)
    .where(
        _MESSAGES.c.id == bindparam("message"),
        _MESSAGES.c.claim == bindparam("token"),
        _MESSAGES.c.state == State.RECEIVED.value,
    )
    .values(
        state=State.ANSWERED.value,
        claim=None,
        claimed_until=None,
        intent=bindparam("meant"),
        confidence=bindparam("sure"),
        alternatives=bindparam("likeliest"),
    )
)
_REMEMBER = (
    update(_STATES)
    .where(_STATES.c.contact_id == bindparam("contact"))
    .values(state=bindparam("kept"), updated_at=bindparam("at"))
)


class HandedBack(Exception):
    """The message was left to a person who has just handed the conversation back: it must be answered after all."""


class ClaimLost(Exception):
    """Another worker took the message over; this answer must not be stored."""


def close(session: Session, claimed: Claimed, turn: Turn, now: dt.datetime) -> None:
    """Store the answer, the dialogue state and the end of the claim, all or nothing.

    What was answered while staff took the conversation over is not sent, unless it is help in danger.

    Raises:
        ClaimLost: another worker has the message now; the transaction must be rolled back.
        HandedBack: it was left to staff, who hold the conversation no more; roll back and answer it.
    """
    # first of all, as everybody who changes a contact's messages does: no two can wait for each other
    contact = session.execute(_LOCKED_CONTACT, {"contact": claimed.question.contact_id}).scalar_one()
    _close(session, contact, _places(session, [claimed]).get(claimed.message_id), claimed, turn, now)


def close_some(
    session: Session, answers: Sequence[tuple[Claimed, Turn]], now: dt.datetime
) -> list[tuple[Claimed, Turn]]:
    """Close several messages, each of another contact, as `close` does one; returns those that it leaves.

    They are those whose contact somebody else has locked just now: nobody waits here for a lock while holding another.
    """
    if not answers:
        return []
    ids = [claimed.question.contact_id for claimed, _ in answers]
    contacts = {contact.id: contact for contact in session.execute(_FREE_CONTACTS, {"ids": ids}).scalars()}
    places = _places(session, [claimed for claimed, _ in answers])
    left = []
    for claimed, turn in answers:
        if contact := contacts.get(claimed.question.contact_id):
            _close(session, contact, places.get(claimed.message_id), claimed, turn, now)
        else:
            left.append((claimed, turn))
    return left


Place = tuple[Conversation, dt.datetime]
"""The conversation that a message belongs to, and when it came."""


def _places(session: Session, some: Sequence[Claimed]) -> dict[int, Place]:
    """The places of messages, whose contacts are locked, by message id; none for one that belongs nowhere."""
    found = session.execute(_PLACES, {"messages": [claimed.message_id for claimed in some]})
    return {id: (conversation, asked_at) for id, conversation, asked_at in found}


def _close(
    session: Session, contact: Contact, place: Place | None, claimed: Claimed, turn: Turn, now: dt.datetime
) -> None:
    question = claimed.question
    conversation, asked_at = place or (None, now)
    if _is_held(conversation):
        turn = turn if turn.is_silent or claimed.notice or _breaks_silence(turn) else silence(turn.language)
    elif turn.is_silent:
        raise HandedBack(f"message {claimed.message_id}")
    answered = {
        "message": claimed.message_id,
        "token": claimed.token,
        "meant": turn.intent[:64],
        "sure": turn.confidence,
        "likeliest": [list(one) for one in turn.alternatives] or None,
    }
    if session.execute(_ANSWERED, answered).rowcount != 1:
        raise ClaimLost(f"message {claimed.message_id}")
    conversation_id = conversation.id if conversation is not None else None
    if conversation is not None:
        lifecycle.after_turn(session, contact, conversation, turn, question.is_payload, asked_at, now)
    if turn.erase:
        forget(session, question.contact_id, By.PERSON, now)
        conversation_id = None
    elif turn.state is not None:
        _remember(session, question.contact_id, turn.state, now)
    for filed in turn.filed:
        filed.store(session, question.contact_id, now)
    contact.language = turn.language
    # after STOP nothing is sent, but a call for help is answered whatever was said before
    withheld = contact.opted_out_at is not None and turn.intent != EMERGENCY
    answers = None if turn.erase else claimed.message_id
    for reply in turn.replies:
        queue(session, contact, reply, now, answers, withheld, conversation_id=conversation_id)
    wake(session, Work.OUTBOX)  # and not the workers: whoever closes a message looks for the next one at once


def _remember(session: Session, contact_id: str, state: str, now: dt.datetime) -> None:
    kept = {"contact": contact_id, "kept": state, "at": now}
    if not session.execute(_REMEMBER, kept).rowcount:  # the contact's row is locked: nobody else makes one meanwhile
        session.execute(insert(_STATES), {"contact_id": contact_id, "state": state, "updated_at": now})


def _breaks_silence(turn: Turn) -> bool:
    return turn.erase or turn.intent == EMERGENCY


def _is_held(conversation: Conversation | None) -> bool:
    return conversation is not None and conversation.holder_id is not None
