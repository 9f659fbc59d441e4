"""Anonymised rows of conversations and messages, a few at a time: texts redacted, days without hours, no contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.conversations.tables import Conversation, Direction, Message
from bot.safety.redaction import redact
from bot.storage.database import Database

CONVERSATIONS_AT_A_TIME = 100


class What(str, Enum):
    """What is exported."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"


HEADS = {
    What.CONVERSATIONS: ("conversation", "day", "channel", "language", "state", "topic", "messages"),
    What.MESSAGES: ("conversation", "message", "day", "channel", "language", "from", "topic", "confidence", "text"),
}
Row = tuple[object, ...]


@dataclass
class Export:
    """One export: numbers count from 1 in each, so that two of them cannot be put together by them."""

    what: What
    since: dt.datetime
    until: dt.datetime
    _number: int = field(default=0, init=False)

    def rows(self, database: Database) -> Iterator[list[Row]]:
        """The rows in portions, each read in a transaction of its own: nobody waits for a long export."""
        yield [HEADS[self.what]]
        last: tuple[dt.datetime, int] | None = None
        while True:
            with database.reading() as session:
                found = list(session.execute(self._next(last)).scalars())
                rows = self._of(session, found)
            if not found:
                return
            yield rows
            last = (found[-1].opened_at, found[-1].id)

    def _next(self, last: tuple[dt.datetime, int] | None) -> object:
        query = select(Conversation).where(Conversation.opened_at >= self.since, Conversation.opened_at < self.until)
        if last is not None:
            same = and_(Conversation.opened_at == last[0], Conversation.id > last[1])
            query = query.where(or_(Conversation.opened_at > last[0], same))
        return query.order_by(Conversation.opened_at, Conversation.id).limit(CONVERSATIONS_AT_A_TIME)

    def _of(self, session: Session, conversations: list[Conversation]) -> list[Row]:
        by_conversation: dict[int, list[Message]] = {conversation.id: [] for conversation in conversations}
        messages = select(Message).where(Message.conversation_id.in_(list(by_conversation))).order_by(Message.id)
        for message in session.execute(messages).scalars():
            by_conversation[message.conversation_id].append(message)
        rows: list[Row] = []
        for conversation in conversations:
            self._number += 1
            rows += self._rows_of(conversation, by_conversation[conversation.id])
        return rows

    def _rows_of(self, conversation: Conversation, messages: list[Message]) -> list[Row]:
        kind, language = conversation.channel, conversation.language
        if self.what is What.CONVERSATIONS:
            day = conversation.opened_at.date()
            return [(self._number, day, kind, language, conversation.state, conversation.topic, len(messages))]
        return [
            (
                self._number,
                place,
                message.created_at.date(),
                kind,
                language,
                _writer(message),
                message.intent or message.content_id,
                round(message.confidence, 2) if message.confidence is not None else None,
                redact(message.text, language),
            )
            for place, message in enumerate(messages, 1)
        ]


def _writer(message: Message) -> str:
    if message.direction == Direction.IN.value:
        return "person"
    return "staff" if message.staff_id is not None else "bot"
