"""Whether a message names somebody of the lists, so that it is a look-up though nothing in it asks for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from bot.registry import names, stored
from bot.registry.in_force import SHORTEST_FIRM, ListsInForce, is_called
from bot.registry.query import Query
from bot.registry.tables import KeyKind

SHORTEST_MISSPELT, SHORTEST_STRUCK, SHORTEST_NUMBER = 10, 6, 4
"""Letters of a name, of a struck-off one, and digits of a number, from which on each is looked up unasked."""


class Mentions:
    """Tells what a message names.

    Args:
        lists: the lists that may know it.
    """

    def __init__(self, lists: ListsInForce) -> None:
        self._lists = lists
        self._read = lru_cache(maxsize=1)(lists.cues.read)  # a message is asked about several times

    def read(self, text: str) -> Query:
        """The name and numbers in a message."""
        return self._read(text)

    def looks_like_a_name(self, text: str) -> bool:
        """Whether words that the lists may not know seem to name somebody."""
        return self._lists.cues.looks_like_a_name(text)

    def names_struck_off(self, text: str) -> bool:
        """Whether the whole name of a struck-off recruiter stands anywhere in a message."""
        self._lists.refresh()
        return bool(self._lists.struck.within(text))

    def is_only_a_name(self, text: str, employers: bool = True) -> bool:
        """Whether a message is a listed name and nothing else.

        Args:
            employers: whether the lists of employers count.
        """
        self._lists.refresh()
        name = names.parse(text)
        if len(name.key) < SHORTEST_FIRM or not self._lists.slips.may_hold(name.key):
            return False
        lists = self._lists.published if employers else self._lists.agencies()
        return self._is_listed([name.key], lists, {name.key: name})

    def is_named_in_full(self, text: str) -> bool:
        """Whether a message names an agency of the lists, letter by letter, alone or in a question about it.

        Also wherever it stands with its legal form, and an employer named so and nothing beside.
        """
        if self.names_struck_off(text):
            return True
        query = self.read(text)
        name = names.parse(query.text)
        if len(names.core(name.words)) < len(name.words) and self._lists.struck.of_full_heart(name.words):
            return True  # "First Choice Consultancy", where "First Choice Recruitment" was struck off
        if names.has_clear_form(query.text) and self.is_only_a_name(query.text):
            return True
        told = {names.parse(name).key: names.parse(name) for name in (query.text, *query.told)}
        with_forms = {name.key: name for name in map(names.parse, names.with_clear_forms(query.text))}
        told |= {key: name for key, name in with_forms.items() if len(key) >= SHORTEST_FIRM and key not in told}
        whole = names.parse(query.text).key
        wanted = [key for key, name in told.items() if key and (key != whole or len(name.words) > 1)]
        agencies = self._lists.agencies()
        if not agencies or not any(map(self._lists.slips.may_hold, wanted)):
            return False
        return self._is_listed(wanted, agencies, told)

    def is_alone_and_nearly_listed(self, text: str) -> bool:
        """Whether a message is nothing but an agency's name with one slip, or a licence or phone number of a list."""
        self._lists.refresh()
        query, name = self.read(text), names.parse(text)
        # employers' lists are so long that many an ordinary message is a slip from one of their names
        agencies = self._lists.agencies()
        near = self._lists.slips.search(name.key) if len(name.key) >= SHORTEST_STRUCK else []
        found = [id for id, source in map(self._lists.entry_at, near) if source in agencies]
        if len(name.words) > 1 and len(name.key) >= SHORTEST_MISSPELT and found:
            return True
        if not self._lists.struck.entries.isdisjoint(found) or (
            len(name.key) >= SHORTEST_STRUCK and self._lists.struck.of_heart(name.words)
        ):
            return True
        if query.name not in ("", query.licence) or sum(map(str.isdigit, query.text)) < SHORTEST_NUMBER:
            return False
        with self._lists.database.reading() as session:
            phones = stored.phone_values(query.phone, agencies.values())
            return bool(stored.by_licence(session, query, agencies) or stored.by_keys(session, KeyKind.PHONE, phones))

    def _is_listed(self, keys: list[str], lists: Collection[str], spellings: Mapping[str, names.Name]) -> bool:
        """Whether one of `lists` holds a name of one of `keys` that is one of the spellings."""
        with self._lists.database.reading() as session:
            rows = stored.rows(session, stored.by_keys(session, KeyKind.NAME, keys))
        current = [row for row in rows if row["source"] in lists and row["until_id"] is None]
        return any(is_called(row, spellings, self._lists.sources[row["source"]].country) for row in current)
