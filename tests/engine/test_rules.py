import copy
from itertools import pairwise

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

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
