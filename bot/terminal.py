"""Talking to Salama in a terminal, as it would be shown on a channel."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING

from rich.console import Console

from bot.channels.keywords import CommandWords
from bot.channels.protocol import Command
from bot.channels.rendering import Channel, pages, render
from bot.conversations.notices import Notices
from bot.conversations.offered import picked
from bot.conversations.turn import Question, Turn
from bot.faults import Fault
from bot.knowledge.reply import Choice, Reply
from bot.registry.filing import Filed, FiledReport, FiledWatch
from bot.storage.database import Database

if TYPE_CHECKING:
    from bot.engine.assistant import Assistant


class Terminal:
    """A person at the keyboard.

    Args:
        channel: how replies are shown.
        notices: knows what stands under a reply that goes on; `words` are obeyed before the assistant is asked.
        out: takes what the person reads.
        notes: takes what a phone would not show, such as the number of SMS segments.
    """

    def __init__(
        self,
        assistant: Assistant,
        channel: Channel,
        notices: Notices,
        words: CommandWords,
        out: Console,
        notes: Console,
    ) -> None:
        self._assistant, self._channel, self._notices, self._words = assistant, channel, notices, words
        self._out, self._notes = out, notes

    async def ask(self, text: str, language: str | None) -> None:
        """Ask one question, in `language` whatever the text is in.

        Raises:
            Fault: nobody here speaks `language`.
        """
        state = self._state_in(language) if language else None
        turn = await self._answer(text, state)
        self._show(turn.replies, turn.language)

    async def chat(self, database: Database) -> None:
        """Talk until an empty line or Ctrl-D; reports are stored in `database`, without anybody to answer."""
        state: str | None = None
        language: str | None = None
        rest: Reply | None = None
        choices: tuple[Choice, ...] = ()
        while text := await self._line():
            filed: tuple[Filed, ...] = ()
            if rest and self._words.command(text) is Command.MORE:
                replies: tuple[Reply, ...] = (rest,)
            else:
                payload = picked(text, choices)
                turn = await self._answer(payload or text, state, is_payload=payload is not None)
                state, language, replies = None if turn.erase else turn.state, turn.language, turn.replies
                filed = turn.filed
                with database.transaction() as session:
                    for one in filed:
                        one.store(session, None, dt.datetime.now(dt.timezone.utc))
            shown = self._show(replies, language)
            for note in filter(None, map(_not_kept, filed)):
                self._notes.print(note, style="dim")
            rest = shown[-1].rest
            choices = next((reply.choices for reply in reversed(shown) if reply.choices), choices)

    async def _line(self) -> str:
        try:
            return (await asyncio.to_thread(input, "> ")).strip()
        except EOFError:
            return ""

    def _state_in(self, language: str) -> str:
        known = self._assistant.languages
        if language not in known:
            raise Fault(f'"{language}" is not spoken: choose one of {", ".join(known)}')
        return json.dumps({"slots": {"language": language}, "form": None})

    async def _answer(self, text: str, state: str | None, is_payload: bool = False) -> Turn:
        question = Question(f"terminal-{uuid.uuid4().hex}", self._channel.value, text, is_payload, state)
        return await self._assistant.answer(question)

    def _show(self, replies: tuple[Reply, ...], language: str | None) -> list[Reply]:
        """Print `replies` as the channel carries them; returns the messages that were made of them."""
        labels = self._notices.page_labels(language)
        shown = [page for reply in replies for page in pages(reply, self._channel.value, *labels)]
        for page in shown:
            rendered = render(page, self._channel)
            for text in rendered.texts:
                self._out.print(text, markup=False, soft_wrap=True)
            for button in rendered.buttons:
                self._out.print(f"  {button}", style="bold", markup=False)
            if rendered.segments:
                self._notes.print(f"({rendered.segments} SMS segments)", style="dim")
            self._out.print()
        return shown


def _not_kept(filed: Filed) -> str:
    """What was promised and cannot be kept, since nobody can be written to in a terminal later; empty for nothing."""
    if isinstance(filed, FiledWatch) and filed.on:
        return "(not stored: in a terminal nobody can be told of changes later)"
    if isinstance(filed, FiledReport) and not filed.anonymous:
        return "(stored as anonymous: in a terminal staff cannot answer)"
    return ""
