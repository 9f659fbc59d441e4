"""How often each topic was asked of late, and how often the answer was not enough."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.tables import Direction, Message
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE

LAST_MESSAGES = 30_000
"""Only so many rows are looked at, whatever is stored: the list must open at once."""
NOT_ENOUGH = (FALLBACK, OUT_OF_SCOPE, "talk_to_person")


@dataclass(frozen=True)
class Usage:
    """`asked`: questions understood as the topic. `asked_on`: of these, the person next wanted a person, or asked
    what was not understood."""

    asked: int
    asked_on: int

    @property
    def helped(self) -> float:
        """The share of questions after which nobody asked on."""
        return 1 - self.asked_on / self.asked if self.asked else 1.0


def usage(session: Session) -> dict[str, Usage]:
    """The use of each topic among the last messages."""
    newest = session.scalar(select(func.max(Message.id))) or 0
    following = func.lead(Message.intent).over(partition_by=Message.contact_id, order_by=Message.id)
    inbound = (
        select(Message.intent, following.label("following"))
        .where(Message.id > newest - LAST_MESSAGES, Message.direction == Direction.IN.value)
        .where(Message.intent.is_not(None))
        .subquery()
    )
    asked_on = func.count().filter(inbound.c.following.in_(NOT_ENOUGH))
    rows = session.execute(select(inbound.c.intent, func.count(), asked_on).group_by(inbound.c.intent))
    return {intent: Usage(asked, on) for intent, asked, on in rows}
