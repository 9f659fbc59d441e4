"""Leaves out bookkeeping of Rasa's that costs every turn, or every training, time and gives it nothing."""

from __future__ import annotations

import copy
from collections import deque
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.forms
import rasa.core.policies.rule_policy
import rasa.core.processor
import rasa.shared.core.trackers
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slot_mappings import SlotMappingType
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file
from tarsafe import TarSafe

_fill = ActionExtractSlots.run


def leave_out_bookkeeping() -> None:
    """For every model of this process; Rasa has no settings for it."""
    rasa.shared.core.trackers.copy = SimpleNamespace(copy=_slot)
    DialogueStateTracker.copy = _tracker
    ActionExtractSlots.run = _fill_few
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    for module in (rasa.core.processor, rasa.core.policies.rule_policy, rasa.core.actions.forms):
        module.copy = SimpleNamespace(deepcopy=_same)
    MessageProcessor._check_for_unseen_features = _nothing
    DomainProvider.load = _Unchecked.__dict__["load"]  # a method still, as a training checks


def leave_out_of_training() -> None:
    """For every training of this process: each trains all anew, so no component's output need be hashed and kept.

    Nor are the examples copied and hashed at each of 13 merges: 25 of the 31 seconds that reading 55,000 took. And the
    model is packed in 1.3 instead of 19.5 seconds, for a tenth more on disk.
    """
    from rasa.engine.training.hooks import TrainingHook  # a process that only answers need not wait for it

    TrainingHook.on_before_node = _no_data
    TrainingHook.on_after_node = _not_kept
    TarSafe.gzopen = partial(TarSafe.gzopen, compresslevel=1)
    TrainingData.merge = _merged
    TrainingData.sanitize_examples = staticmethod(_each_once)


def _slot(slot: Slot) -> Slot:
    """What `copy.copy` gives without its detour over pickling: a turn copies its trackers' slots two hundred times."""
    twin = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin


def _tracker(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A duplicate; Rasa plays all events of the conversation again."""
    twin = object.__new__(DialogueStateTracker)
    twin.__dict__.update(tracker.__dict__)
    twin.events = deque(tracker.events, tracker.events.maxlen)
    twin.slots = {name: _slot(slot) for name, slot in tracker.slots.items()}
    twin.active_loop = copy.copy(tracker.active_loop)  # it alone is changed in place
    return twin


async def _fill_few(
    action: ActionExtractSlots, channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain
) -> list[Event]:
    """Fill slots by their mappings, and pass over those that only our actions fill."""
    found: list[Event] = await _fill(action, channel, nlg, tracker, _with_few_slots(domain))
    return found


def _with_few_slots(domain: Domain) -> Domain:
    few = domain.__dict__.get("_few_slots")
    if few is None:
        few = copy.copy(domain)
        few.slots = [slot for slot in domain.slots if any(map(_fills, slot.mappings))]
        domain.__dict__["_few_slots"] = few
    return few


def _fills(mapping: dict[str, Any]) -> bool:
    return mapping["type"] != str(SlotMappingType.CUSTOM) or "action" in mapping


def _same(value: Any) -> Any:
    """The value itself: Rasa copies deeply what it would write into debug logs, which are off."""
    return value


def _nothing(processor: MessageProcessor, parse_data: dict[str, Any]) -> None:
    """Rasa would compare its whole domain with an empty one, to warn developers of an intent that it lacks."""


class _Unchecked(DomainProvider):
    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Unchecked:
        """A model's domain; Rasa would read it four times, and check it as it did at the training."""
        with model_storage.read_from(resource) as directory:
            domain = Domain.from_dict(read_yaml_file(directory / "domain.yml"))
        return cls(model_storage, resource, domain)


def _merged(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """What Rasa's own way gives, with the same examples instead of copies."""
    parts = [self, *filter(None, others)]
    return TrainingData(
        [example for part in parts for example in part.training_examples],
        {text: meant for part in parts for text, meant in part.entity_synonyms.items()},
        [feature for part in parts for feature in part.regex_features],
        [table for part in parts for table in part.lookup_tables],
        {name: said for part in parts for name, said in part.responses.items()},
    )


def _each_once(examples: list[Message]) -> list[Message]:
    """The examples without those that stand there twice; labelled texts are compared, and not their hashes."""
    kept: dict[Any, Message] = {}
    for example in examples:
        data = example.data
        if data.get(INTENT):
            example.set(INTENT, data[INTENT].strip())
        kept.setdefault((data.get(INTENT), data.get(TEXT)) if data.keys() <= {INTENT, TEXT} else example, example)
    return list(kept.values())


def _no_data(hook: Any, **node: Any) -> dict[str, Any]:
    """Rasa would hash all that the component was given: the features of every example, as text."""
    return {}


def _not_kept(hook: Any, **node: Any) -> None:
    """Rasa would hash all that the component made, and put it on disk for a training that is not forced."""
