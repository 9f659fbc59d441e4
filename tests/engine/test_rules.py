import copy
from itertools import pairwise

import pytest
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import rules


def policy_of(assistant):
    nodes = assistant.agent.processor.graph_runner._instantiated_nodes
    return next(node._component for node in nodes.values() if isinstance(node._component, RulePolicy))


def test_looking_only_at_rules_that_fit_finds_what_rasa_finds(assistant):
    policy = policy_of(assistant)
    assert type(policy)._get_possible_keys is rules._possible_keys
    talks = [policy._rule_key_to_state(key) for key in policy.lookup[RULES]]
    talks += [[*first, *second] for first, second in pairwise(talks)]
    for strange in ({"user": {"intent": "never_heard_of"}}, {"prev_action": {}}, {"slots": {"language": (1.0, 0.0)}}):
        talks += [[*talk[:-1], {**copy.deepcopy(talk[-1]), **strange}] for talk in talks[:40]]
    fitting = 0
    for states in [[], [{}], *talks]:
        for lookup in (policy.lookup[RULES], policy.lookup[RULES_FOR_LOOP_UNHAPPY_PATH]):
            found = policy._get_possible_keys(lookup, states)
            assert found == rules._compare_all(policy, lookup, states)
            fitting += bool(found)
    assert fitting > len(policy.lookup[RULES])


@pytest.mark.parametrize("intent", ["greet", "nlu_fallback", "never_heard_of"])
def test_no_rule_is_found_by_a_messages_very_words_and_rasa_finds_none_either(assistant, intent):
    policy, domain = policy_of(assistant), assistant.agent.domain
    events = [ActionExecuted("action_listen"), UserUttered("hello", {"name": intent})]
    tracker = DialogueStateTracker.from_events("somebody", events, domain.slots)
    assert rules._find(policy, tracker, domain, True)[0] is None
    assert policy._find_action_from_rules(tracker, domain, True) == (None, None, False)
    by_intent = policy._find_action_from_rules(tracker, domain, False)
    assert by_intent == rules._find(policy, tracker, domain, False)
    assert (by_intent[0] is not None) == (intent != "never_heard_of")


def test_where_a_rule_fits_any_message_it_is_looked_for(assistant, monkeypatch):
    policy, domain = policy_of(assistant), assistant.agent.domain
    tracker = DialogueStateTracker.from_events("somebody", [ActionExecuted("action_listen")], domain.slots)
    monkeypatch.setattr(rules, "_indexed", lambda *_: {(None, "action_listen"): []})
    monkeypatch.setattr(rules, "_find", lambda *_: "looked")
    assert policy._find_action_from_rules(tracker, domain, True) == "looked"
