"""The queues as staff see them: who waits, since when, and how many."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.conversations.asked import as_place, place
from bot.conversations.desk_tables import Queue, QueueEntry
from bot.conversations.tables import Conversation, Direction, Message
from bot.storage.wakeup import Work, wake

PAGE = 30


@dataclass(frozen=True)
class Waiting:
    """A conversation in a queue, with the person's newest message."""

    entry: QueueEntry
    conversation: Conversation
    message: Message | None


@dataclass(frozen=True)
class Counts:
    """How many conversations are in each queue; `unseen` emergencies nobody has taken note of."""

    waiting: dict[Queue, int]
    unseen: int
    newest: int
    """The newest entry's number: it changes whenever somebody new waits."""

    def of(self, name: str) -> int:
        """How many are in the queue of this name."""
        return self.waiting[Queue(name)]


def waiting(session: Session, queue: Queue, after: str = "") -> tuple[list[Waiting], str | None]:
    """One page of `queue`, who waits longest first (of emergencies those that nobody has seen), and what is next.

    Raises:
        ValueError: no page gave `after`.
    """
    query = (
        select(QueueEntry, Conversation)
        .join(Conversation, Conversation.id == QueueEntry.conversation_id)
        .where(QueueEntry.queue == queue.value, QueueEntry.left_at.is_(None))
        .order_by(QueueEntry.since, QueueEntry.id)
        .limit(PAGE + 1)
    )
    if after:
        moment, id = as_place(after)
        later = (QueueEntry.since > moment) | ((QueueEntry.since == moment) & (QueueEntry.id > id))
        query = query.where(QueueEntry.since >= moment, later)
    rows = session.execute(query).all()
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    said = newest_of(session, [conversation.id for _, conversation in rows[:PAGE]])
    found = [Waiting(entry, conversation, said.get(conversation.id)) for entry, conversation in rows[:PAGE]]
    return found, place(last.since, last.id) if last else None


def counts(session: Session) -> Counts:
    """How many wait."""
    open_entries = QueueEntry.left_at.is_(None)
    by_queue = select(QueueEntry.queue, func.count(), func.max(QueueEntry.id)).where(open_entries)
    rows = session.execute(by_queue.group_by(QueueEntry.queue)).all()
    found = {Queue(queue): count for queue, count, _ in rows}
    unseen = select(func.count()).where(
        open_entries, QueueEntry.queue == Queue.EMERGENCY.value, QueueEntry.seen_at.is_(None)
    )
    return Counts(
        {queue: found.get(queue, 0) for queue in Queue},
        int(session.execute(unseen).scalar_one()),
        max((newest for _, _, newest in rows), default=0),
    )


def of_conversation(session: Session, conversation_id: int) -> list[QueueEntry]:
    """The queues the conversation is in, the most urgent first."""
    query = select(QueueEntry).where(QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None))
    order = [queue.value for queue in Queue]
    return sorted(session.execute(query).scalars(), key=lambda entry: order.index(entry.queue))


def see(session: Session, conversation_id: int, staff_id: int, now: dt.datetime) -> None:
    """Note that staff have seen that the conversation is in its queues."""
    session.execute(
        update(QueueEntry)
        .where(
            QueueEntry.conversation_id == conversation_id, QueueEntry.left_at.is_(None), QueueEntry.seen_at.is_(None)
        )
        .values(seen_at=now, seen_by=staff_id)
        .execution_options(synchronize_session=False)
    )
    wake(session, Work.OUTBOX)  # other pages show it


def newest_of(session: Session, conversation_ids: list[int]) -> dict[int, Message]:
    """The person's newest message of each conversation."""
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(conversation_ids), Message.direction == Direction.IN.value)
        .group_by(Message.conversation_id)
    )
    query = select(Message).where(Message.id.in_(newest))
    return {message.conversation_id: message for message in session.execute(query).scalars()}
