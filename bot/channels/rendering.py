"""How a reply looks on each kind of phone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.knowledge.reply import Reply
from bot.knowledge.segments import fold, segments

TELEGRAM_MAX_TEXT = 4096
"""Characters of one Telegram message (core.telegram.org/bots/api#sendmessage)."""
WHATSAPP_MAX_TEXT = 1600
"""Characters of one WhatsApp message through Twilio (twilio.com/docs/whatsapp)."""
SMS_MAX_TEXT = 1600
"""Characters of one SMS through Twilio, whatever its segments (twilio.com/docs/glossary/what-sms-character-limit)."""


class Channel(str, Enum):
    """The channels that Salama speaks on."""

    WEB = "web"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    SMS = "sms"


@dataclass(frozen=True)
class Rendered:
    """A reply ready to be sent: texts in order, the labels of buttons (none where digits do), and SMS segments."""

    texts: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    segments: int = 0


def render(reply: Reply, channel: Channel) -> Rendered:
    """Render `reply` for `channel`: buttons where the channel has them, numbered lines where not."""
    if channel is Channel.SMS:
        text = fold(_numbered(reply))
        return Rendered(tuple(split(text, SMS_MAX_TEXT)), segments=segments(text))
    if channel is Channel.WHATSAPP:
        return Rendered(tuple(split(_numbered(reply), WHATSAPP_MAX_TEXT)))
    titles = tuple(f"{number} {choice.title}" for number, choice in enumerate(reply.choices, 1))
    return Rendered(tuple(split(reply.text, TELEGRAM_MAX_TEXT)), titles)


def split(text: str, longest: int) -> list[str]:
    """Cut `text` into parts of at most `longest` characters, at a line's end or a blank where there is one."""
    parts = []
    while len(text) > longest:
        cut = max(text.rfind("\n", 0, longest), text.rfind(" ", 0, longest))
        cut = cut if cut > 0 else longest
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _numbered(reply: Reply) -> str:
    lines = [f"{number} {choice.title}" for number, choice in enumerate(reply.choices, 1)]
    return "\n".join([reply.text, *lines])
