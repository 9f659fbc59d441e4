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
class Desk:
    """One turn's. `filed` is handed on with the turn and stored with its end."""

    registry: Registry
    vault: AddressVault
    filed: list[Filed] = field(default_factory=list)


current_desk: ContextVar[Desk] = ContextVar("current_desk")


def lists_say(question: Callable[[Registry], bool]) -> bool:
    """The lists' answer to `question`; no outside a turn, and when the database fails: a message must still be read."""
    desk = current_desk.get(None)
    try:
        return desk is not None and question(desk.registry)
    except SQLAlchemyError as error:
        logger.error("the lists cannot be asked: %s", type(error).__name__)
        return False
