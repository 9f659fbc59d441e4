"""How a reply looks on each kind of phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from bot.knowledge.reply import Reply
from bot.knowledge.segments import fold, segments

TELEGRAM_MAX_TEXT = 4096
"""Characters of one Telegram message (core.telegram.org/bots/api#sendmessage)."""
WHATSAPP_MAX_TEXT = 1600
"""Characters of one WhatsApp message through Twilio (twilio.com/docs/whatsapp)."""
SMS_MAX_TEXT = 1600
"""Characters of one SMS through Twilio, whatever its segments (twilio.com/docs/glossary/what-sms-character-limit)."""

SMS_MAX_SEGMENTS = 4
"""A longer reply ends in "reply MORE": segments cost money, and old phones lose parts of long messages."""
URGENT = ("utter_emergency", "facts_emergency")
"""Replies that are never cut, whatever they cost."""


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
        text = fold(numbered(reply))
        return Rendered(tuple(split(text, SMS_MAX_TEXT)), segments=segments(text))
    if channel is Channel.WHATSAPP:
        return Rendered(tuple(split(numbered(reply), WHATSAPP_MAX_TEXT)))
    titles = tuple(f"{number} {choice.title}" for number, choice in enumerate(reply.choices, 1))
    return Rendered(tuple(split(reply.text, TELEGRAM_MAX_TEXT)), titles)


def pages(reply: Reply, channel: str, more_label: str = "") -> list[Reply]:
    """Cut `reply` into messages that `channel` carries; choices go with the last.

    On SMS there is one message of at most SMS_MAX_SEGMENTS; what does not fit is its `rest`, and `more_label` ends it.
    """
    if channel == Channel.WEB:
        return [reply]
    if channel == Channel.TELEGRAM:
        return _split_reply(reply, TELEGRAM_MAX_TEXT, TELEGRAM_MAX_TEXT)
    if channel == Channel.SMS and more_label and reply.content_id not in URGENT:
        return [_sms_page(reply, more_label)]
    room_for_choices = len(numbered(reply)) - len(reply.text)
    return _split_reply(reply, WHATSAPP_MAX_TEXT, WHATSAPP_MAX_TEXT - room_for_choices)


def _split_reply(reply: Reply, longest: int, longest_last: int) -> list[Reply]:
    if len(reply.text) <= longest_last:
        return [reply]
    *before, last = split(reply.text, min(longest, longest_last))
    return [*(Reply(text, (), reply.content_id) for text in before), replace(reply, text=last)]


def _sms_page(reply: Reply, more_label: str) -> Reply:
    if _sms_fits(numbered(reply)):
        return reply
    room = len(reply.text)
    while room > 0:
        shown, *rest = split(reply.text, room)
        if _sms_fits(f"{shown}\n{more_label}") and (rest or reply.choices):
            break
        room = min(room - 1, room * 19 // 20)
    # when the text fits but its choices do not, they follow under the text's last line
    left = " ".join(rest) if rest else shown.splitlines()[-1]
    return Reply(f"{shown}\n{more_label}", (), reply.content_id, replace(reply, text=left))


def _sms_fits(text: str) -> bool:
    return segments(fold(text)) <= SMS_MAX_SEGMENTS


def split(text: str, longest: int) -> list[str]:
    """Cut `text` into parts of at most `longest` characters, at a line's end or a blank where there is one."""
    parts = []
    while len(text) > longest:
        cut = max(text.rfind("\n", 0, longest), text.rfind(" ", 0, longest))
        cut = cut if cut > 0 else longest
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def numbered(reply: Reply) -> str:
    """The reply's text with its choices as numbered lines, for phones without buttons."""
    lines = [f"{number} {choice.title}" for number, choice in enumerate(reply.choices, 1)]
    return "\n".join([reply.text, *lines])
