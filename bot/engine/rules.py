"""Lets Rasa's rule policy look only at rules that can fit.

It compares every rule with every state at each of a turn's predictions, and our topics give a rule each: measured, 2 of
the 10 ms of a turn. And it does so twice after a message, first for rules that name its very words: we have none.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER

Rules = dict[str, str]
State = dict[str, Any]
Kind = tuple[str | None, str | None]
"""The intent and the action before that a state has, or that a rule's last state asks for; None: it asks for none."""

_compare_all = RulePolicy._get_possible_keys
_find = RulePolicy._find_action_from_rules


def look_only_at_rules_that_fit() -> None:
    """Let every rule policy of this process do so; Rasa has no setting for it, and looks for the class by its name."""
    RulePolicy._get_possible_keys = _possible_keys
    RulePolicy._find_action_from_rules = _find_by_intent


def _possible_keys(policy: RulePolicy, lookup: Rules, states: list[State]) -> set[str]:
    """The keys of the rules that fit `states`: the same as Rasa finds."""
    if not states or not states[-1].get(PREVIOUS_ACTION):  # at its very beginning Rasa lets any rule fit
        return set(_compare_all(policy, lookup, states))
    intent, before = _kind(states[-1])
    by_kind = _indexed(policy, lookup)
    near = [key for wanted in {intent, None} for action in {before, None} for key in by_kind.get((wanted, action), ())]
    return set(_compare_all(policy, dict.fromkeys(near, ""), states))


def _find_by_intent(policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
    """What Rasa finds; nothing at once where no rule fits a message whatever its intent, or by its words."""
    kinds = _indexed(policy, policy.lookup[RULES])
    if use_text_for_last_user_input and not {(None, ACTION_LISTEN_NAME), (None, None)} & kinds.keys():
        return None, None, False
    return _find(policy, tracker, domain, use_text_for_last_user_input)


def _indexed(policy: RulePolicy, lookup: Rules) -> dict[Kind, list[str]]:
    indexes: dict[int, dict[Kind, list[str]]] = policy.__dict__.setdefault("_indexes", {})
    if id(lookup) not in indexes:
        index = defaultdict(list)
        for key in lookup:
            index[_kind(policy._rule_key_to_state(key)[-1])].append(key)
        indexes[id(lookup)] = index
    return indexes[id(lookup)]


def _kind(state: State) -> Kind:
    return state.get(USER, {}).get("intent"), state.get(PREVIOUS_ACTION, {}).get("action_name")
