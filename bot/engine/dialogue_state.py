"""The tracker store: one bounded text a contact, handed in with the question and given back with the turn.

Rasa's own stores keep every event for ever and rebuild the tracker from all of them at each message. Here the
tracker is reduced to what the rules can still ask for: the filled slots and the active form.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

METADATA = "session_started_metadata"
"""Rasa's slot for the first message's metadata; nothing reads it."""


@dataclass
class Memory:
    """The conversation that is being answered in this task, and what its last message was understood as."""

    state: str | None = None
    understood: dict[str, Any] = field(default_factory=dict)
    language: str | None = None
    tracker: DialogueStateTracker | None = None
    """As it was saved last."""

    def forget(self, slot: str) -> None:
        """Let go of a slot that holds for one turn only."""
        state = json.loads(self.state) if self.state else {"slots": {}}
        if state["slots"].pop(slot, None) is not None:
            self.state = json.dumps(state, ensure_ascii=False)


current_memory: ContextVar[Memory] = ContextVar("current_memory")


def open_form() -> str | None:
    """The form that was open when the message being answered came in; None outside a turn."""
    state = current_memory.get(Memory()).state
    return json.loads(state)["form"] if state else None


class DialogueStateStore(TrackerStore):
    """A tracker store without a store: it reads and writes `current_memory`."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Rebuild the tracker from the state; None for a first message."""
        state = current_memory.get(Memory()).state
        if state is None:
            return None
        return DialogueStateTracker.from_events(sender_id, _events(json.loads(state)), self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Reduce the tracker to its state."""
        memory = current_memory.get(None)
        if memory is not None:
            memory.tracker, memory.state = tracker, json.dumps(reduce(tracker), ensure_ascii=False)
            memory.understood = tracker.latest_message.parse_data if tracker.latest_message else {}
            memory.language = tracker.get_slot("language")

    async def keys(self) -> list[str]:
        """No conversation is kept here."""
        return []


def reduce(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The filled slots and the active form of `tracker`."""
    defaults = {name: slot.initial_value for name, slot in tracker.slots.items()}
    values = tracker.current_slot_values()
    slots = {name: values[name] for name in values if values[name] != defaults[name] and name != METADATA}
    return {"slots": slots, "form": tracker.active_loop_name}


def _events(state: dict[str, Any]) -> list[Event]:
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, value) for name, value in state["slots"].items()]
    if state["form"]:
        events += [ActionExecuted(state["form"]), ActiveLoop(state["form"])]
    return [*events, ActionExecuted(ACTION_LISTEN_NAME)]
