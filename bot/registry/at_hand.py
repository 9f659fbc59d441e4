"""What the actions of one turn work with: the lists to ask, and what they leave to be stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from bot.registry.filing import Filed
from bot.registry.lookup import Registry
from bot.safety.encryption import AddressVault

logger = logging.getLogger(__name__)


@dataclass
class AtHand:
    """One turn's. `filed` is handed on with the turn and stored with its end."""

    registry: Registry
    vault: AddressVault
    filed: list[Filed] = field(default_factory=list)


at_hand: ContextVar[AtHand] = ContextVar("at_hand")


def lists_say(question: Callable[[Registry], bool]) -> bool:
    """The lists' answer to `question`; no outside a turn, and when the database fails: a message must still be read."""
    tools = at_hand.get(None)
    try:
        return tools is not None and question(tools.registry)
    except SQLAlchemyError as error:
        logger.error("the lists cannot be asked: %s", type(error).__name__)
        return False
