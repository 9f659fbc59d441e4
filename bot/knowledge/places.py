"""Which town or country a message names: in any spelling, with or without accents, in any of our languages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge import countries
from bot.knowledge.cities import City, all_cities
from bot.knowledge.words import plain

BIG = 300_000
"""A town with more inhabitants is found even when its name is also a common word."""
SMALLEST_ABROAD = 100_000
"""In countries of which content knows nothing, only towns from this size on are found."""
MANY_NAMED = 50_000
"""Towns from this size on are found by all their names, smaller ones by their own: too many names look like words."""
LONGEST_NAME = 4
"""Words of the longest name looked for."""
SHORTEST_MISSPELT = 5
"""Letters from which on a name may be misspelt; shorter ones look too much like other words."""


@dataclass(frozen=True)
class Place:
    """A town, or a country as a whole when `city` is None."""

    country: str
    city: City | None = None


class PlaceFinder:
    """Finds the place that a text names.

    Args:
        known: countries of which content knows something: there small towns and other names are found too.
        languages: in which names of countries are known.
        aliases: other names of towns, by country and town.
        vocabulary: words that people use when they do not speak of places.
        small: towns that are too small for the list and are to be found all the same.
        country_names: other names of countries, with their codes ("Congo").
    """

    def __init__(
        self,
        known: Collection[str],
        languages: Iterable[str],
        aliases: Mapping[str, Mapping[str, Iterable[str]]],
        vocabulary: Collection[str],
        small: Iterable[City] = (),
        country_names: Mapping[str, str] | None = None,
    ) -> None:
        self._known, self._vocabulary = frozenset(known), vocabulary
        self._cities = dict(_city_names(self._known))
        for city in small:
            if not self._cities_called(city.name, city.country):
                self._cities[plain(city.name)] = [*self._cities.get(plain(city.name), []), city]
        self._aliases = {
            plain(alias): self._cities_called(city, country)
            for country, cities in aliases.items()
            for city, names in cities.items()
            for alias in names
        }
        self._countries = {plain(countries.name(code, lang)): code for code in countries.codes() for lang in languages}
        self._countries |= {plain(name): code for name, code in (country_names or {}).items()}

    def find(self, text: str, likely: Collection[str] = (), whole: bool = False) -> Place | None:
        """The place that `text` names; None when there is none.

        Args:
            text: what the person wrote.
            likely: countries in which a town is rather looked for, when several have the name.
            whole: the text answers the question where the person is, so that it is read more freely.
        """
        words = plain(text).split()
        # "another town" answers it too, and "Town" is one
        whole = whole and (len(words) == 1 or not all(word in self._vocabulary for word in words))
        named = [code for phrase in _phrases(words) if (code := self._countries.get(phrase))]
        for phrase in _phrases(words):
            if cities := self._exact(phrase, whole):
                return _place(self._best(cities, [*named, *likely], phrase))
        if named:
            return Place(named[0])
        for phrase in _phrases(words):
            if found := self._misspelt(phrase, [*named, *likely], whole):
                return found
        return None

    def exact(self, text: str) -> Place | None:
        """The place when `text` is nothing but its name, rightly spelt."""
        phrase = plain(text)
        cities = self._exact(phrase, whole=True)
        if cities:
            return _place(self._best(cities, [], phrase))
        return Place(self._countries[phrase]) if phrase in self._countries else None

    def in_country(self, name: str, country: str) -> City | None:
        """The town called `name` in `country`."""
        found = [*self._cities_called(name, country), *self._aliases.get(plain(name), [])]
        here = [city for city in found if city.country == country]
        return max(here, key=lambda city: (city.name == name, city.population), default=None)

    def is_ordinary(self, word: str) -> bool:
        """Whether people use the plain `word` when they do not speak of places."""
        return word in self._vocabulary

    def _exact(self, phrase: str, whole: bool) -> list[City]:
        if phrase in self._aliases:
            return self._aliases[phrase]
        cities = self._cities.get(phrase, [])
        if whole or " " in phrase or phrase not in self._vocabulary:
            return cities
        return [city for city in cities if city.population >= BIG and plain(city.name) == phrase]

    def _misspelt(self, phrase: str, likely: Collection[str], whole: bool) -> Place | None:
        words = phrase.split()
        ordinary = [word in self._vocabulary for word in words]
        if len(phrase) < SHORTEST_MISSPELT or all(ordinary) or (not whole and any(ordinary)):
            return None
        slips = (1 if len(phrase) < 8 else 2) + whole
        near = process.extract(
            phrase, self._by_letter.get(phrase[0], []), scorer=OSA.distance, score_cutoff=slips, limit=5
        )
        if not near:
            return None
        least = min(distance for _, distance, _ in near)
        names = [name for name, distance, _ in near if distance == least]
        cities = [
            city
            for name in names
            for city in self._aliases.get(name) or self._cities.get(name, [])
            if whole or city.population >= BIG  # too many words are nearly the name of some small town
        ]
        country = next((self._countries[name] for name in names if name in self._countries), None)
        if country:
            return Place(country)
        return _place(self._best(cities, likely)) if cities else None

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        """Names by first letter: people rarely get that one wrong, and it keeps the search short."""
        letters: dict[str, list[str]] = defaultdict(list)
        for name in (*self._cities, *self._aliases, *self._countries):
            if len(name) >= SHORTEST_MISSPELT:
                letters[name[0]].append(name)
        return letters

    def _best(self, cities: Iterable[City], likely: Collection[str], phrase: str = "") -> City:
        """The likeliest of `cities`; one whose own name is `phrase` before those that have it as another name."""
        return max(
            cities, key=lambda c: (c.country in likely, plain(c.name) == phrase, c.country in self._known, c.population)
        )

    def _cities_called(self, name: str, country: str) -> list[City]:
        return [city for city in self._cities.get(plain(name), []) if city.country == country]


def _place(city: City) -> Place:
    return Place(city.country, city)


def _phrases(words: list[str]) -> Iterator[str]:
    """Rows of words, the longest first."""
    for size in range(min(LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


@lru_cache(maxsize=2)
def _city_names(known: frozenset[str]) -> dict[str, list[City]]:
    """Towns by each of their plain names."""
    named: dict[str, list[City]] = defaultdict(list)
    for city in all_cities():
        if city.population < SMALLEST_ABROAD and city.country not in known:
            continue
        names = {plain(name) for name in (city.names if city.population >= MANY_NAMED else city.names[:1])}
        for name in names:
            if name and not re.fullmatch(r"\W*\d*", name):
                named[name].append(city)
    return dict(named)
