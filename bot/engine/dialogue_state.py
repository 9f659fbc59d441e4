"""The tracker store: one bounded text a contact, handed in with the question and given back with the turn.

Rasa's own stores keep every event for ever and rebuild the tracker from all of them at each message. Here the
tracker is reduced to what the rules can still ask for: the filled slots and the active form.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


@dataclass
class Memory:
    """The state of the conversation that is being answered in this task."""

    state: str | None = None


current_memory: ContextVar[Memory] = ContextVar("current_memory")


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
            memory.state = json.dumps(reduce(tracker), ensure_ascii=False)

    async def keys(self) -> list[str]:
        """No conversation is kept here."""
        return []


def reduce(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The filled slots and the active form of `tracker`."""
    defaults = {name: slot.initial_value for name, slot in tracker.slots.items()}
    slots = {name: value for name, value in tracker.current_slot_values().items() if value != defaults[name]}
    return {"slots": slots, "form": tracker.active_loop_name}


def _events(state: dict[str, Any]) -> list[Event]:
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, value) for name, value in state["slots"].items()]
    if state["form"]:
        events += [ActionExecuted(state["form"]), ActiveLoop(state["form"])]
    return [*events, ActionExecuted(ACTION_LISTEN_NAME)]
