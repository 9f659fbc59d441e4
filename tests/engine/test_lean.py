from rasa.core.actions.action import ActionExtractSlots
from rasa.shared.core.events import ActionExecuted, ActiveLoop, LoopInterrupted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.engine import lean


def tracker_of(assistant):
    events = [
        ActionExecuted("action_listen"),
        UserUttered("I was cheated", {"name": "report_recruiter"}),
        SlotSet("origin", "KE"),
        ActionExecuted("report_form"),
        ActiveLoop("report_form"),
        LoopInterrupted(True),
    ]
    return DialogueStateTracker.from_events("somebody", events, assistant.agent.domain.slots)


def test_a_duplicate_of_a_tracker_is_what_playing_its_events_again_gives(assistant):
    tracker = tracker_of(assistant)
    twin, replayed = tracker.copy(), tracker.travel_back_in_time(float("inf"))
    assert twin.current_state(EventVerbosity.ALL) == replayed.current_state(EventVerbosity.ALL)
    assert twin.__dict__.keys() == replayed.__dict__.keys()
    assert {name: slot.__dict__ for name, slot in twin.slots.items()} == {
        name: slot.__dict__ for name, slot in replayed.slots.items()
    }


def test_what_is_done_to_a_duplicate_leaves_the_tracker_as_it_was(assistant):
    tracker = tracker_of(assistant)
    before = tracker.current_state(EventVerbosity.ALL)
    twin = tracker.copy()
    for event in (SlotSet("origin", "UG"), LoopInterrupted(False), ActiveLoop(None), ActionExecuted("action_listen")):
        twin.update(event)
    assert tracker.current_state(EventVerbosity.ALL) == before != twin.current_state(EventVerbosity.ALL)
    assert assistant.agent.domain.slots == [slot for slot in assistant.agent.domain.slots if slot.value is None]


def test_slots_that_only_our_actions_fill_are_not_looked_at_after_each_message(assistant):
    domain = assistant.agent.domain
    looked_at = {slot.name for slot in lean._with_few_slots(domain).slots}
    assert {"origin", "destination", "language"} <= looked_at
    assert looked_at.isdisjoint({"about", "report_what", "erase_asked"})
    assert {"about", "report_what"} <= {slot.name for slot in domain.slots}


async def test_a_message_fills_the_slots_that_it_filled_before(assistant):
    action, domain = ActionExtractSlots(None), assistant.agent.domain
    for text in ("I am from Kenya and go to Qatar", "Bonjour, combien coute le visa pour le Canada ?", "hello"):
        tracker = DialogueStateTracker.from_events("somebody", [ActionExecuted("action_listen")], domain.slots)
        parse = await assistant.understand(text)
        tracker.update(UserUttered(text, parse["intent"], parse["entities"], parse))
        few, all_ = [await run(action, None, None, tracker, domain) for run in (ActionExtractSlots.run, lean._fill)]
        assert [(event.key, event.value) for event in few] == [(event.key, event.value) for event in all_]
