"""The assistant: a trained model that answers one message at a time. It reads the registry and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.faults import Fault

from bot.engine import runtime  # isort: skip  # must come before rasa
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.conversations.turn import Question, Turn
from bot.editing.overlay import live_content
from bot.engine.actions_endpoint import InProcessActions, trust_results
from bot.engine.dialogue_state import DialogueStateStore, Memory, current_memory
from bot.engine.nlg import ContentNLG
from bot.engine.runner import run_in_sequence
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.store import share
from bot.knowledge.understood import EMERGENCY
from bot.registry.desk import Desk, current_desk
from bot.registry.lookup import Registry
from bot.safety.encryption import AddressVault
from bot.settings import Settings
from bot.storage.database import Database

runtime.quiet_logs()
trust_results()
run_in_sequence()
ERASED = "utter_erased"
ERASE_PROMPT = "utter_erase_confirm"
PRIVACY_NOTICE = "utter_privacy_notice"
LONGEST_MESSAGE = 2000
"""Characters that are read of a message; more does not change what it is about."""


class AssistantError(Fault):
    """The assistant cannot start; the message says why and what to do."""


class ReplyCollector(OutputChannel):
    """Collects the replies of one turn; its name tells the NLG what channel they are for."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.replies: list[Reply] = []

    def name(self) -> str:
        """The channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take a reply."""
        choices = tuple(Choice(button["title"], button["payload"]) for button in message.get("buttons") or [])
        content_id = message.get("content_id") or message.get("utter_action") or ""
        reply = Reply(message.get("text") or "", choices, str(content_id))
        if reply not in self.replies:  # where no rule fits, Rasa repeats its fallback ten times
            self.replies.append(reply)


class Assistant:
    """Answers messages with the model at `model`.

    Raises:
        AssistantError: the model is missing or cannot be used.
    """

    def __init__(self, model: Path, settings: Settings) -> None:
        database = Database(settings.database)
        share(settings.content_dir, live_content(database, settings.content_dir))  # before the NLG asks for it
        self._nlg = EndpointConfig(
            type="bot.engine.nlg.ContentNLG",
            content_dir=str(settings.content_dir),
            default_language=settings.default_language,
        )
        self._agent = Agent(
            generator=self._nlg,
            tracker_store=DialogueStateStore(domain=None),
            action_endpoint=InProcessActions(),
        )
        self._registry = Registry(database, settings.content_dir)
        self._vault = AddressVault(settings.address_secret())
        try:
            self._agent.load_model(model)
        except Exception as error:  # Rasa has no one exception for a model that does not load
            raise AssistantError(
                f"model {model} cannot be loaded ({type(error).__name__}): run `salama train`"
            ) from None

    @property
    def agent(self) -> Agent:
        """Rasa's agent, for the self-check and for evaluation."""
        return self._agent

    @property
    def registry(self) -> Registry:
        """The lists of recruiters, for warming up."""
        return self._registry

    async def understand(self, text: str) -> dict[str, Any]:
        """Rasa's parse of `text`: intent, ranking, entities."""
        return dict(await self._agent.parse_message(_spoken(text)))

    async def answer(self, question: Question) -> Turn:
        """Answer one message: see `Turn`."""
        memory = Memory(question.state)
        current_memory.set(memory)
        desk = Desk(self._registry, self._vault)
        current_desk.set(desk)
        collector = ReplyCollector(question.channel)
        text = question.text if question.is_payload else _spoken(question.text)
        metadata = {"language": _language(question.state)}
        message = UserMessage(text, collector, question.contact_id, metadata=metadata)
        processor = self._agent.processor
        assert processor is not None
        await processor.handle_message(message)
        return await self._turn(question, collector.replies, memory, desk)

    async def _turn(self, question: Question, replies: list[Reply], memory: Memory, desk: Desk) -> Turn:
        intent = memory.understood.get("intent") or {}
        tracker = await self._agent.tracker_store.retrieve(question.contact_id)
        assert tracker is not None
        if not replies:  # a turn without a reply must not be, whatever the rules say
            replies = [await self._say("utter_not_understood", tracker, question.channel)]
        if question.state is None:
            notice = await self._say(PRIVACY_NOTICE, tracker, question.channel)
            first = 0 if intent.get("name") != EMERGENCY else len(replies)
            replies = [*replies[:first], notice, *replies[first:]]
        if all(reply.content_id != ERASE_PROMPT for reply in replies):
            memory.forget("erase_asked")  # a "yes" some turns later must not erase
        return Turn(
            replies=tuple(replies),
            state=memory.state or "",
            language=memory.language,
            intent=str(intent.get("name") or ""),
            confidence=float(intent.get("confidence") or 0.0),
            erase=any(reply.content_id == ERASED for reply in replies),
            filed=tuple(desk.filed),
        )

    async def _say(self, name: str, tracker: DialogueStateTracker, channel: str) -> Reply:
        nlg = self._agent.nlg
        assert isinstance(nlg, ContentNLG)
        said = await nlg.generate(name, tracker, channel) or {}
        return Reply(said["text"], tuple(Choice(**button) for button in said["buttons"]), said["content_id"])


def _spoken(text: str) -> str:
    """What a person typed, made harmless: a leading "/" would speak to Rasa as a button does."""
    if len(text) > LONGEST_MESSAGE:  # what a long story comes to stands at its end
        text = f"{text[: LONGEST_MESSAGE // 2]} {text[-LONGEST_MESSAGE // 2 :]}"
    return text.lstrip("/ \n\t") or "?"


def _language(state: str | None) -> str | None:
    return json.loads(state)["slots"].get("language") if state else None
