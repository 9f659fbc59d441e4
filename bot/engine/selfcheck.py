"""The start-up self-check: each line prevents a silent failure of Rasa (it falls back where it should fail)."""

from __future__ import annotations

import os

from rasa.core.tracker_store import FailSafeTrackerStore

from bot.engine.assistant import Assistant, AssistantError
from bot.engine.dialogue_state import DialogueStateStore
from bot.engine.nlg import ContentNLG

SPECIAL_UTTERANCES = ("utter_ask_risk_",)


def check(assistant: Assistant) -> None:
    """Raise AssistantError, naming everything that is not as it must be."""
    problems = _problems(assistant)
    if problems:
        raise AssistantError("the engine's self-check failed: " + "; ".join(problems))


def _problems(assistant: Assistant) -> list[str]:
    agent = assistant.agent
    problems = []
    if not agent.is_ready() or agent.domain is None:
        return ["no model is loaded: run `salama train`"]
    store = agent.tracker_store
    inner = store._tracker_store if isinstance(store, FailSafeTrackerStore) else store
    if not isinstance(inner, DialogueStateStore):
        problems.append(f"the tracker store is {type(inner).__name__}, not DialogueStateStore")
    if not isinstance(agent.nlg, ContentNLG):
        return [*problems, f"the NLG is {type(agent.nlg).__name__}, not ContentNLG"]
    if os.environ.get("RASA_TELEMETRY_ENABLED") != "false":
        problems.append("RASA_TELEMETRY_ENABLED is not false")
    knowledge = agent.nlg.store.current
    for name in agent.domain.responses:
        if not name.startswith(SPECIAL_UTTERANCES) and name not in knowledge.responses:
            problems.append(f"content/responses has no {name}: put it back, or run `salama train`")
    return problems
