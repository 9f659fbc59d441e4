"""The assistant: a trained model that answers one message at a time. It reads the registry and writes nothing."""

from __future__ import annotations

import gc
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.faults import Fault

from bot.engine import runtime  # isort: skip  # must come before rasa
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.channels.rendering import URGENT
from bot.conversations.turn import Question, Turn
from bot.editing.overlay import live_content
from bot.engine.actions_endpoint import InProcessActions, trust_results
from bot.engine.dialogue_state import DialogueStateStore, Memory, current_memory
from bot.engine.lean import leave_out_bookkeeping
from bot.engine.nlg import ContentNLG
from bot.engine.nlu.emergency import WORDS_OF_DANGER
from bot.engine.nlu.encoder import encode_ahead, encoder
from bot.engine.reading import Asked, Before, read
from bot.engine.rules import look_only_at_rules_that_fit
from bot.engine.runner import run_in_sequence
from bot.knowledge import course_replies
from bot.knowledge.answers import payload
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.store import share
from bot.knowledge.understood import EMERGENCY
from bot.registry.at_hand import AtHand, at_hand
from bot.registry.lookup import Registry
from bot.safety.encryption import AddressVault
from bot.safety.redaction_words import load_words
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.prepared import keep_in

runtime.quiet_logs()
trust_results()
run_in_sequence()
look_only_at_rules_that_fit()
leave_out_bookkeeping()
ERASED = "utter_erased"
ERASE_PROMPT = "utter_erase_confirm"
PRIVACY_NOTICE = "utter_privacy_notice"
LIKELIEST = 4
THINKABLE = 0.1
"""Share of belief in an emergency from which on help is offered beside the answer: of 190 calls for help by authors new
to the model that stayed below 0.35, the detector's then, 110 reach this, as do 6 % of their other messages."""
PARTS = re.compile(r"[.?!\n]+|,\s*mais\b|\b(?:but|mas|lakini)\b", re.IGNORECASE)
"""What may stand between a question and a cry: "Is the fee legal? my boss wants to kill me", "report him, but help".

French "mais" only after a comma, for in Portuguese it means "more"."""
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

    Args:
        registry: the lists of recruiters, when another assistant of this process holds them already.
    """

    def __init__(self, model: Path, settings: Settings, registry: Registry | None = None) -> None:
        keep_in(settings.prepared_dir)
        if registry is None:
            database = Database(settings.database)
            share(settings.content_dir, live_content(database, settings.content_dir))  # before the NLG asks for it
            registry = Registry(database, settings.content_dir)
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
        self._registry = registry
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
        """The lists of recruiters, for an assistant of another model to share."""
        return self._registry

    def warm_up(self) -> None:
        """Load what the first questions would wait for: the lists, the towns of the world, the sentence encoder."""
        self._registry.refresh()
        encoder()
        _ = self._knowledge.places
        load_words()  # of stories in reports
        gc.freeze()  # what is loaded stays: no answer waits for the collector to go through it

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that are spoken."""
        return tuple(self._knowledge.languages)

    async def understand(self, text: str) -> dict[str, Any]:
        """Rasa's parse of `text`: intent, ranking, entities."""
        return await self._parse(_spoken(text), None)

    def look_ahead(self, questions: Sequence[Question]) -> None:
        """Do at once what answering each of `questions` would do: it takes less time than one by one."""
        encode_ahead([_spoken(question.text) for question in questions if not question.is_payload])

    async def answer(self, question: Question) -> Turn:
        """Answer one message: see `Turn`."""
        memory = Memory(question.state)
        current_memory.set(memory)
        tools = AtHand(self._registry, self._vault)
        at_hand.set(tools)
        collector = ReplyCollector(question.channel)
        asked: tuple[Asked, ...] = (Asked(question.text),)
        if not question.is_payload:
            asked = await read(_spoken(question.text), Before.of(question.state), self._knowledge, self._parse)
        for number, one in enumerate(asked, 1):
            await self._handle(one, question, collector, memory)
            if number < len(asked):  # its digits would be taken for those of the last reply
                collector.replies = [replace(reply, choices=()) for reply in collector.replies]
        return await self._turn(question, collector.replies, memory, tools)

    async def _handle(self, asked: Asked, question: Question, collector: ReplyCollector, memory: Memory) -> None:
        metadata = {"language": Before.of(memory.state).language}
        message = UserMessage(asked.text, collector, question.contact_id, parse_data=asked.parse, metadata=metadata)
        processor = self._agent.processor
        assert processor is not None
        await processor.handle_message(message)

    async def _parse(self, text: str, language: str | None) -> dict[str, Any]:
        """Rasa's parse; where a message explains its words of danger away, each of its sentences is heard by itself."""
        whole = await self._parse_as_one(text, language)
        parts = [part for part in map(str.strip, PARTS.split(text)) if part]
        if whole.get(WORDS_OF_DANGER) and len(parts) > 1:
            for part in parts:
                if (await self._parse_as_one(part, language))["intent"]["name"] == EMERGENCY:
                    return {**whole, "intent": {"name": EMERGENCY, "confidence": 1.0}}
        return whole

    async def _parse_as_one(self, text: str, language: str | None) -> dict[str, Any]:
        processor = self._agent.processor
        assert processor is not None
        return dict(await processor.parse_message(UserMessage(text, metadata={"language": language})))

    @property
    def _knowledge(self) -> Knowledge:
        nlg = self._agent.nlg
        assert isinstance(nlg, ContentNLG)
        return nlg.store.current

    async def _turn(self, question: Question, replies: list[Reply], memory: Memory, tools: AtHand) -> Turn:
        intent = memory.understood.get("intent") or {}
        tracker = memory.tracker
        assert tracker is not None
        if not replies:  # a turn without a reply must not be, whatever the rules say
            replies = [await self._say("utter_not_understood", tracker, question.channel)]
        replies = self._with_course(replies, tracker, question.channel)
        if not tracker.active_loop_name:
            replies = self._with_way_to_help(replies, memory)
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
            filed=tuple(tools.filed),
            alternatives=_likeliest(memory.understood),
        )

    def _with_course(self, replies: list[Reply], tracker: DialogueStateTracker, channel: str) -> list[Reply]:
        """The replies, the last with the choice to go on with a course that waits."""
        slots, nlg = tracker.current_slot_values(), self._agent.nlg
        assert isinstance(nlg, ContentNLG)
        at = course_replies.waiting(self._knowledge, slots.get("course_open"), slots.get("course_places"), replies)
        if at is None or tracker.active_loop_name or any(reply.content_id in URGENT for reply in replies):
            return replies
        go_on = course_replies.go_on(nlg.composer(slots.get("language"), channel), at)
        return [*replies[:-1], replace(replies[-1], choices=(*replies[-1].choices, go_on))]

    def _with_way_to_help(self, replies: list[Reply], memory: Memory) -> list[Reply]:
        """The replies, the last with "I am in danger" where the message may be a call for help that was not heard."""
        intent = (memory.understood.get("intent") or {}).get("name")
        title = self._knowledge.title(EMERGENCY, memory.language) if memory.language else None
        if title is None or intent == EMERGENCY or not _may_be_in_danger(memory.understood):
            return replies
        help_now = Choice(title, payload(EMERGENCY))
        if help_now in replies[-1].choices:
            return replies
        return [*replies[:-1], replace(replies[-1], choices=(*replies[-1].choices, help_now))]

    async def _say(self, name: str, tracker: DialogueStateTracker, channel: str) -> Reply:
        nlg = self._agent.nlg
        assert isinstance(nlg, ContentNLG)
        said = await nlg.generate(name, tracker, channel) or {}
        return Reply(said["text"], tuple(Choice(**button) for button in said["buttons"]), said["content_id"])


def _may_be_in_danger(understood: dict[str, Any]) -> bool:
    ranking = {one["name"]: one["confidence"] for one in understood.get("intent_ranking") or []}
    return ranking.get(EMERGENCY, 0.0) >= THINKABLE or bool(understood.get(WORDS_OF_DANGER))


def _likeliest(understood: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """The first of the classifier's ranking, for staff who wonder why."""
    ranking = understood.get("intent_ranking") or []
    return tuple((str(one["name"]), round(float(one["confidence"]), 3)) for one in ranking[:LIKELIEST])


def _spoken(text: str) -> str:
    """What a person typed, made harmless: a leading "/" would speak to Rasa as a button does."""
    if len(text) > LONGEST_MESSAGE:  # what a long story comes to stands at its end
        text = f"{text[: LONGEST_MESSAGE // 2]} {text[-LONGEST_MESSAGE // 2 :]}"
    return text.lstrip("/ \n\t") or "?"
