"""Which firms a message names, when it names several; a name that holds an "and" is one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.registry import names, stored
from bot.registry.in_force import ListsInForce
from bot.registry.query import Query
from bot.registry.tables import KeyKind
from bot.registry.verdict import SURELY_SAME

SHORTEST_FIRM = 5
ONE_FIRM = 0.85
"""From this likeness on to one listed name, "Khan and Sons" is one firm."""


def firms_named(lists: ListsInForce, session: Session, query: Query) -> tuple[str, ...]:
    """The names of a message that surely names several firms; empty for one, also when its name holds an "and"."""
    if not query.parts:
        return ()
    surely = [is_surely_listed(lists, session, part) for part in query.parts]
    if sum(surely) < 2 and lists.struck.within(query.text):
        return ()  # a struck-off name that may hold the "and"
    asks = (query.is_question and "," not in query.text) or lists.cues.holds_only_names(query.text)
    beside = [asks and lists.cues.looks_like_a_name(part) for part in query.parts]
    firms = tuple(p for p, sure, alike in zip(query.parts, surely, beside, strict=True) if sure or alike)
    if not any(surely) or len(firms) < 2:
        return ()
    joined = names.parse(" and ".join(firms))
    one = stored.by_keys(session, KeyKind.NAME, [joined.key, names.parse(query.text).key])
    one += [id for id, score in lists.similar(joined.spelled, 1) if score >= ONE_FIRM]
    return () if one else firms


def is_surely_listed(lists: ListsInForce, session: Session, name: str) -> bool:
    """Whether `name` is that of an entry but for a slip."""
    parsed = names.parse(name)
    if len(parsed.key) < SHORTEST_FIRM or names.FILLERS.issuperset(parsed.words):
        return False
    if stored.by_keys(session, KeyKind.NAME, [parsed.key]):
        return True
    return any(score >= SURELY_SAME for _, score in lists.similar(parsed.spelled, 1))
