"""What a fake provider knows of its phones: who said what, for the page and for tests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Bubble:
    """One message on a phone. `buttons` are (title, what the provider sends back for it)."""

    mine: bool
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)
    id: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


class Phones:
    """The screens of all phones of one provider, by address."""

    def __init__(self) -> None:
        self.screens: dict[str, list[Bubble]] = defaultdict(list)

    def show(self, address: str, bubble: Bubble) -> None:
        """Put a message on a phone's screen."""
        self.screens[address].append(bubble)

    def received(self, address: str) -> list[Bubble]:
        """What the phone was sent, oldest first."""
        return [bubble for bubble in self.screens[address] if not bubble.mine]
