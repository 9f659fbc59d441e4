"""How an edited file would look on each kind of phone, and what is wrong with it, before anybody else sees it."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bot.channels.rendering import Channel, numbered, pages, render
from bot.knowledge.answers import Composer, Places
from bot.knowledge.centres import Where
from bot.knowledge.danger_cues import DANGER, HELP, LIFE
from bot.knowledge.emergency_replies import numbers
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.lint import lint_one
from bot.knowledge.model import HELP_LINES, FactKind
from bot.knowledge.reading import Problem
from bot.knowledge.reply import Reply
from bot.knowledge.segments import fold, segments

MOST_REPLIES = 4


class Cost(str, Enum):
    """What an SMS costs the operator: it is paid by the segment."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class OnPhone:
    """A reply as one channel shows it. SMS only: its segments and cost, and whether the rest comes with MORE."""

    channel: Channel
    texts: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    segments: int = 0
    cost: Cost | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Preview:
    """A reply that the file is part of, by its content id, on every channel."""

    content_id: str
    phones: tuple[OnPhone, ...]


@dataclass(frozen=True)
class Checked:
    """The problems of the text, and its previews; there are none while the schema is broken."""

    problems: list[Problem]
    previews: list[Preview]

    @property
    def has_errors(self) -> bool:
        """Whether it cannot be published as it is."""
        return any(problem.is_error for problem in self.problems)


def check(root: Path, overlay: Mapping[str, str], path: str, text: str, language: str, today: dt.date) -> Checked:
    """Look at `text` as if it were published for `path`."""
    knowledge, problems = lint_one(root, today, {**overlay, path: text}, path)
    is_readable = root / path in knowledge.files.values()
    previews = list(_previews(knowledge, root, path, language, today)) if is_readable else []
    return Checked(problems, previews)


def cost_of(count: int) -> Cost:
    """The cost class of an SMS of `count` segments."""
    return Cost.LOW if count <= 1 else Cost.MEDIUM if count == 2 else Cost.HIGH


def _previews(knowledge: Knowledge, root: Path, path: str, language: str, today: dt.date) -> Iterator[Preview]:
    try:
        wide = Composer(knowledge, language, False, today)
        narrow = Composer(knowledge, language, True, today)
        replies = zip(_replies(wide, root, path), _replies(narrow, root, path), strict=True)
        yield from (_preview(knowledge, language, reply, short) for reply, short in replies)
    except (KeyError, StopIteration):  # a language or a label is still missing: the lint says which
        return


def _replies(composer: Composer, root: Path, path: str) -> list[Reply]:
    """The replies in which people meet the file."""
    knowledge, stem = composer.knowledge, Path(path).stem
    if path.startswith("faq/"):
        return [composer.topic(stem, Places())] if stem in knowledge.topics else []
    if path.startswith("centres/"):
        return [composer.centres(Where(stem))] if stem in knowledge.centres else []
    if path.startswith("countries/"):
        return [
            numbers(composer, about, stem) if about in HELP else composer.facts(about, stem)
            for about in _shown_by(knowledge, stem)
        ]
    ids = [id for id, file in knowledge.files.items() if file == root / path and id in knowledge.responses]
    return [composer.response(id, Places(), **_placeholders(knowledge, id)) for id in ids[:MOST_REPLIES]]


def _shown_by(knowledge: Knowledge, country: str) -> list[str]:
    """Topics and responses that show the facts of `country`, one for each kind it has."""
    if country not in knowledge.countries:
        return []
    kinds = dict.fromkeys(fact.kind for fact in knowledge.countries[country].facts)
    found: dict[str, None] = {}
    for kind in kinds:
        if kind in HELP_LINES:
            found[LIFE if kind is FactKind.CRISIS_LINE else DANGER] = None
        else:
            topic = next((topic.id for topic in knowledge.topics.values() if kind in topic.facts), None)
            found |= {topic: None} if topic else {}
    return list(found)


def _placeholders(knowledge: Knowledge, id: str) -> dict[str, str]:
    texts = (text for said in knowledge.responses[id].languages.values() for text in (said.text, said.sms or ""))
    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    return {name: f"{{{name}}}" for name in names}


def _preview(knowledge: Knowledge, language: str, reply: Reply, short: Reply) -> Preview:
    phones = [
        OnPhone(channel, shown.texts, shown.buttons)
        for channel in (Channel.TELEGRAM, Channel.WHATSAPP, Channel.WEB)
        for shown in (render(reply, channel),)
    ]
    page = pages(short, Channel.SMS.value, knowledge.label("reply_more", language))[0]
    text = fold(numbered(page))
    count = segments(text)
    phones.insert(2, OnPhone(Channel.SMS, (text,), (), count, cost_of(count), page.rest is not None))
    return Preview(reply.content_id, tuple(phones))
