"""How a reply looks on each kind of phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from bot.knowledge.danger_cues import HELP
from bot.knowledge.reply import Reply
from bot.knowledge.segments import fold, segments

TELEGRAM_MAX_TEXT = 4096
"""Characters of one Telegram message (core.telegram.org/bots/api#sendmessage)."""
WHATSAPP_MAX_TEXT = 1600
"""Characters of one WhatsApp message through Twilio (twilio.com/docs/whatsapp)."""
SMS_MAX_TEXT = 1600
"""Characters of one SMS through Twilio, whatever its segments (twilio.com/docs/glossary/what-sms-character-limit)."""

SMS_MAX_SEGMENTS = 2
"""A longer reply ends in "reply MORE": segments cost money, and old phones lose parts of long messages."""
URGENT = (*HELP, "facts_emergency")
"""Replies that are sent whole at once, in as many messages as they need."""
PARAGRAPH = "\n\n"
SHORTEST_PAGE = 0.5
"""A text is cut at the end of a paragraph or line when so much of what fits is before it."""


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


def pages(reply: Reply, channel: str, more_label: str = "", choices_label: str = "") -> list[Reply]:
    """Cut `reply` into messages that `channel` carries; choices go with the last.

    On SMS there is one message of at most SMS_MAX_SEGMENTS, with as many choices as have room; what does not fit is its
    `rest`, and `more_label` stands under the text. Urgent replies are not cut but sent in several messages.

    Args:
        choices_label: what stands over choices that follow alone.
    """
    if channel == Channel.WEB:
        return [reply]
    if channel == Channel.TELEGRAM:
        return _split_reply(reply, TELEGRAM_MAX_TEXT, TELEGRAM_MAX_TEXT)
    if channel == Channel.SMS and reply.content_id in URGENT:
        return _urgent_pages(reply)
    if channel == Channel.SMS and more_label:
        return [_sms_page(reply, more_label, choices_label)]
    room_for_choices = len(numbered(reply)) - len(reply.text)
    return _split_reply(reply, WHATSAPP_MAX_TEXT, WHATSAPP_MAX_TEXT - room_for_choices)


def _split_reply(reply: Reply, longest: int, longest_last: int) -> list[Reply]:
    if len(reply.text) <= longest_last:
        return [reply]
    *before, last = split(reply.text, min(longest, longest_last))
    return [*(Reply(text, (), reply.content_id) for text in before), replace(reply, text=last)]


def _urgent_pages(reply: Reply) -> list[Reply]:
    """Whole paragraphs, in order, in as few messages as hold them; the last one with the choices."""
    paragraphs = [part for text in reply.text.split(PARAGRAPH) for part in _fitting(text)]
    done: list[Reply] = []
    page = Reply("", (), reply.content_id)
    for number, paragraph in enumerate(paragraphs, 1):
        choices = reply.choices if number == len(paragraphs) else ()
        longer = replace(page, text=PARAGRAPH.join(filter(None, [page.text, paragraph])), choices=choices)
        if page.text and not _sms_fits(numbered(longer)):
            done.append(page)
            longer = replace(page, text=paragraph, choices=choices)
        page = longer
    return [*done, page]


def _fitting(text: str) -> list[str]:
    """A paragraph in parts that each fit one message."""
    parts = []
    while not _sms_fits(text):
        shown, text = _cut(text, "")
        parts.append(shown)
    return [*parts, text]


def _sms_page(reply: Reply, more_label: str, choices_label: str) -> Reply:
    if _sms_fits(numbered(reply)):
        return reply
    below = f"\n{more_label}"
    if _sms_fits(reply.text + below):
        shown = replace(reply, text=reply.text + below)
        kept = next(n for n in range(len(reply.choices), -1, -1) if _sms_fits(_with(shown, n)))
        rest = Reply(choices_label or reply.text.splitlines()[-1], reply.choices[kept:], reply.content_id)
        return replace(shown, choices=reply.choices[:kept], rest=rest)
    first, left = _cut(reply.text, below)
    return Reply(first + below, (), reply.content_id, replace(reply, text=left))


def _with(reply: Reply, choices: int) -> str:
    return numbered(replace(reply, choices=reply.choices[:choices]))


def _cut(text: str, below: str) -> tuple[str, str]:
    """What of `text` fits in one message above `below`, and the rest; at a paragraph's, line's or sentence's end."""
    low, high = 0, len(text)
    while low < high:  # the most characters that fit
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _sms_fits(text[:middle] + below) else (low, middle - 1)
    for end in (PARAGRAPH, "\n", ". ", " "):
        at = text.rfind(end, 0, low + 1)
        if at >= low * (SHORTEST_PAGE if end != " " else 0) and at > 0:
            at += 1 if end == ". " else 0
            return text[:at].rstrip(), text[at:].lstrip()
    return text[:low], text[low:]


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
