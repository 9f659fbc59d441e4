"""Everything under `content/`, read and checked: what all answers are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from pydantic import BaseModel

from bot.knowledge import model
from bot.knowledge.asking import FollowUpFinder, FollowUps, QuestionSplitter, QuestionWords
from bot.knowledge.centre import CityNames, CountryCentres
from bot.knowledge.cities import City
from bot.knowledge.course import Course
from bot.knowledge.danger_cues import DangerCues
from bot.knowledge.form_cues import FormCues
from bot.knowledge.opening_hours import OpeningHours
from bot.knowledge.places import PlaceFinder
from bot.knowledge.words import plain
from bot.storage.prepared import as_bytes, prepared

COMMON_WORD = 4
"""Questions that use a word before it counts as a common one: some name towns."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything under `content/`, by id. `files` tells which file an object came from.

    Two are never compared: each reading is one of its own, so that what is made from it can be kept by it.
    """

    languages: dict[str, model.Language] = field(default_factory=dict)
    topics: dict[str, model.Topic] = field(default_factory=dict)
    countries: dict[str, model.Country] = field(default_factory=dict)
    menus: dict[str, model.Menu] = field(default_factory=dict)
    responses: dict[str, model.Response] = field(default_factory=dict)
    actions: dict[str, model.Action] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    risk_questions: tuple[model.RiskQuestion, ...] = ()
    lexicons: dict[str, model.Lexicon] = field(default_factory=dict)
    gazetteers: dict[str, model.Gazetteer] = field(default_factory=dict)
    keywords: dict[str, model.Keywords] = field(default_factory=dict)
    commands: dict[str, model.ChatCommand] = field(default_factory=dict)
    centres: dict[str, CountryCentres] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    question_words: dict[str, QuestionWords] = field(default_factory=dict)
    follow_ups: FollowUps = field(default_factory=FollowUps)
    city_names: CityNames = field(default_factory=lambda: CityNames(aliases={}))
    canned_replies: dict[str, model.CannedReply] = field(default_factory=dict)
    opening_hours: OpeningHours = field(default_factory=OpeningHours)
    danger_cues: DangerCues = field(default_factory=DangerCues)
    form_cues: FormCues = field(default_factory=FormCues)
    files: dict[str, Path] = field(default_factory=dict)

    def label(self, id: str, language: str) -> str:
        """The short label `id` in `language`."""
        return self.labels[id][language]

    def title(self, id: str, language: str) -> str | None:
        """The button label of a topic, action, menu or course; None when nothing has that id."""
        for shelf in (self.topics, self.actions, self.menus, self.courses):
            if id in shelf:
                return str(shelf[id].languages[language].title)
        return None

    @cached_property
    def questions(self) -> QuestionSplitter:
        """Finds a second question in a message."""
        return QuestionSplitter.of(self.question_words.values())

    @cached_property
    def follow_up_finder(self) -> FollowUpFinder:
        """Knows messages that lean on the topic before."""
        return FollowUpFinder.of(self.follow_ups)

    @cached_property
    def places(self) -> PlaceFinder:
        """Finds the towns and countries that people name; made at first use, for it takes a second."""
        shelves: list[Iterable[BaseModel]] = [self.topics.values(), self.centres.values(), self.gazetteers.values()]
        told = [*chain(*shelves), self.city_names]
        known = ",".join([*self.countries, *self.languages, *self.centres]).encode()
        return prepared("places", lambda: [known, *as_bytes(told)], self._place_finder)

    def _place_finder(self) -> PlaceFinder:
        texts = [text for topic in self.topics.values() for text in topic.languages.values()]
        asked = Counter(word for text in texts for said in text.questions for word in set(plain(said).split()))
        words = {word for text in texts for word in plain(text.answer).split()}
        words |= {word for word, count in asked.items() if count >= COMMON_WORD}
        return PlaceFinder(
            known={*self.countries, *self.centres},
            languages=self.languages,
            aliases=self.city_names.aliases,
            vocabulary=words.union(map(plain, self.city_names.not_cities)),
            small=[
                City(centre.city, country, centre.point.latitude, centre.point.longitude, 0, (centre.city,))
                for country, known in self.centres.items()
                for centre in known.centres
            ],
            country_names={
                name: code
                for gazetteer in self.gazetteers.values()
                for code, names in gazetteer.country_aliases.items()
                for name in names
                if not any(name == word for words in self.gazetteers.values() for word in words.ordinary_words)
            },
        )
