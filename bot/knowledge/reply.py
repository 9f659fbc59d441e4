"""What Salama says: a reply as it flows from the dialogue to every channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A follow-up the person can pick: `title` is shown, `payload` (`/intent{"entity": "value"}`) is what it means."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One message to the person.

    `content_id` names the response or topic it came from, so that it can be counted and reviewed without its text.
    `rest` is what follows when the person asks for more; only SMS, where every segment costs, has one.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    content_id: str = ""
    rest: Reply | None = None
