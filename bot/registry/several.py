"""Which firms a message names, when it names several; a name that holds an "and" is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.registry import names, stored
from bot.registry.in_force import SHORTEST_FIRM, ListsInForce
from bot.registry.query import Part, Query
from bot.registry.tables import KeyKind
from bot.registry.verdict import SURELY_SAME

ONE_FIRM = 0.85
"""From this likeness on to one listed name, "Khan and Sons" is one firm."""


def firms_named(lists: ListsInForce, session: Session, query: Query, parts: Sequence[Part]) -> tuple[str, ...]:
    """The names of a message that surely names several firms; empty for one, also when its name holds an "and".

    Args:
        parts: those of `query`, as `whole_names` gives them.
    """
    surely = [is_surely_listed(lists, session, part.name) for part in parts]
    if sum(surely) < 2 and lists.struck.within(query.text):
        return ()  # a struck-off name that may hold the "and"
    asks = (query.is_question and "," not in query.text) or lists.cues.holds_only_names(query.text)
    beside = [asks and part.is_asked and lists.cues.looks_like_a_name(part.name) for part in parts]
    firms = tuple(part for part, sure, alike in zip(parts, surely, beside, strict=True) if sure or alike)
    if not any(surely) or len(firms) < 2:
        return ()
    joined = names.parse(" and ".join(firm.name for firm in firms))
    one = stored.by_keys(session, KeyKind.NAME, [joined.key, names.parse(query.text).key])
    if sum(surely) < 2:
        one += [id for id, score in lists.similar(joined.spelled, 1) if score >= ONE_FIRM]
    return () if one else tuple(firm.name for firm in firms)


def whole_names(lists: ListsInForce, session: Session, parts: Sequence[Part]) -> list[Part]:
    """The parts, with those put together again that are the pieces of one listed name, the longest first."""
    whole: list[Part] = []
    at = 0
    while at < len(parts):
        ends = range(_last_joined(parts, at) + 1, at + 1, -1)
        runs = {end: _joined(parts[at:end]) for end in ends}
        end = next((end for end, run in runs.items() if _is_one_name(lists, session, run)), at + 1)
        whole.append(replace(parts[at], name=_joined(parts[at:end])))
        at = end
    return whole


def _is_one_name(lists: ListsInForce, session: Session, run: str) -> bool:
    """Whether `run` is a listed name but for a slip of a letter: two names together may be like one of them."""
    key = names.parse(run).key
    return bool(stored.by_keys(session, KeyKind.NAME, [key]) or lists.slips.search(key))


def _last_joined(parts: Sequence[Part], at: int) -> int:
    """The last part that is joined to the one at `at` by words that stand in names too."""
    while at + 1 < len(parts) and parts[at + 1].may_be_one:
        at += 1
    return at


def _joined(parts: Sequence[Part]) -> str:
    first, *others = parts
    return " ".join([first.name, *(f"{part.joint} {part.name}" for part in others)])


def is_surely_listed(lists: ListsInForce, session: Session, name: str) -> bool:
    """Whether `name` is that of an entry but for a slip."""
    parsed = names.parse(name)
    if len(parsed.key) < SHORTEST_FIRM or names.FILLERS.issuperset(parsed.words):
        return False
    if stored.by_keys(session, KeyKind.NAME, [parsed.key]):
        return True
    return any(score >= SURELY_SAME for _, score in lists.similar(parsed.spelled, 1))
