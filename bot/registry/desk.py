"""What the actions of one turn work with: the lists to ask, and what they leave to be stored."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from bot.registry.filing import Filed
from bot.registry.lookup import Registry
from bot.safety.encryption import AddressVault


@dataclass
class Desk:
    """One turn's. `filed` is handed on with the turn and stored with its end."""

    registry: Registry
    vault: AddressVault
    filed: list[Filed] = field(default_factory=list)


current_desk: ContextVar[Desk] = ContextVar("current_desk")
