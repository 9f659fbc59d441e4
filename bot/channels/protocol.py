"""What a channel is, and the values it trades in. docs/channels.md shows how to add one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.knowledge.reply import Reply


class Forged(Exception):
    """A request does not come from the provider: its signature or secret is wrong. Answered with 403."""


class Malformed(Exception):
    """A request cannot be read. Answered with 400; the text says why, without what people wrote."""


class Command(str, Enum):
    """Words that are obeyed before anything else. `RESUME` ("yes") is START for a person who said STOP, else a word."""

    STOP = "stop"
    START = "start"
    RESUME = "resume"
    HELP = "help"
    MORE = "more"


class Media(str, Enum):
    """What came instead of words; each is answered with what to do instead."""

    VOICE = "voice"
    PICTURE = "picture"
    OTHER = "other"


@dataclass(frozen=True)
class Location:
    """A place that a person shared, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class ChoiceRef:
    """A picked choice: the outbound message that offered it, by our number or the provider's id, and its place."""

    message: int | str
    index: int


@dataclass(frozen=True)
class InboundMessage:
    """A message as a channel hands it in. `provider_id` is unique per channel and message: repeats are dropped.

    At most one of choice, command, action, media and location is set. `action` is an id of content/actions.yml that a
    command of the channel starts.
    """

    channel: str
    address: str
    provider_id: str
    text: str
    choice: ChoiceRef | None = None
    command: Command | None = None
    action: str | None = None
    media: Media | None = None
    location: Location | None = None


@dataclass(frozen=True)
class Reachability:
    """The provider says that a person blocked us, or unblocked us."""

    channel: str
    address: str
    reachable: bool


class Cause(str, Enum):
    """Why a message cannot be delivered, when it is about the person and not about the line."""

    OPTED_OUT = "opted out"
    UNREACHABLE = "unreachable"
    OUTSIDE_WINDOW = "outside the 24-hour window"
    BUTTONS_REFUSED = "buttons refused"


class DeliveryError(Exception):
    """A provider did not take a message. The text never holds an address or what was said.

    Args:
        reason: for the log and the staff, for instance "Twilio error 21610".
        retry_after_s: what the provider asked us to wait.
        final: trying again cannot help.
        cause: set when the contact's state changes by it.
        cut_off: it may have been delivered all the same: the line broke before the provider's answer came.
    """

    def __init__(
        self,
        reason: str,
        retry_after_s: float | None = None,
        final: bool = False,
        cause: Cause | None = None,
        cut_off: bool = False,
    ) -> None:
        super().__init__(reason)
        self.retry_after_s, self.final, self.cause, self.cut_off = retry_after_s, final, cause, cut_off


@dataclass(frozen=True)
class DeliveryReport:
    """What the provider says later about a message it took: "delivered", "read", or an error."""

    message_id: int
    status: str
    error: DeliveryError | None = None


Event = InboundMessage | Reachability | DeliveryReport


@dataclass(frozen=True)
class Request:
    """A webhook call. `url` is the public address the provider called; header names are in lower case."""

    path: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Received:
    """What a webhook call says, and the body by which it is acknowledged once that is stored."""

    events: tuple[Event, ...] = ()
    body: str = ""
    content_type: str = "text/plain"


@dataclass(frozen=True)
class Outgoing:
    """A reply on its way. `window_open`: the person wrote in the last 24 hours. `plain`: without buttons."""

    message_id: int
    address: str
    reply: Reply
    window_open: bool = True
    plain: bool = False


class ChannelAdapter(Protocol):
    """One channel. `paths` are its webhooks; `receive` is pure, so that it can be tested with a file of bytes."""

    name: str
    paths: tuple[str, ...]
    concurrency: int

    def receive(self, request: Request) -> Received:
        """Verify and read a webhook call, or raise Forged or Malformed; what is of no interest has no events."""
        ...

    async def send(self, outgoing: Outgoing) -> str:
        """Hand a reply to the provider, which gives its id for it; or raise DeliveryError."""
        ...

    async def announce(self) -> None:
        """Tell the provider where we are, if it wants to know; may raise DeliveryError, and is tried again."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


class PollingAdapter(ChannelAdapter, Protocol):
    """A channel that can also be asked for what came in: it needs no public address."""

    async def fetch(self, after: int) -> tuple[list[Event], int]:
        """Wait some seconds for what came after `after`, which is confirmed by it; returns that and the new `after`."""
        ...
