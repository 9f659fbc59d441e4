"""Countries, nationalities and jobs in a message, found by spaCy's phrase matcher in all languages at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from braceexpand import braceexpand
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from bot.knowledge import countries
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.model import Gazetteer
from bot.knowledge.store import shared_store
from bot.knowledge.words import as_written, plain
from bot.settings import load_settings

EXTRACTOR = "gazetteer"
NO_COUNTRY = "none:"
"""The label of names that are of no country, though they hold the name of one."""
MAX_CUE_WORDS = 3
"""A cue ("am from", "natoka") is at most so many words long; it stands right before the country."""
MAX_DENIED_WORDS = 6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CountryGazetteer(GraphComponent):
    """Adds entities `country` (ISO code; role `origin` or `destination` where a cue tells it) and `job`."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._vocab = Vocab()  # without the attributes that spaCy works out for each word: words are only compared
        self._matcher = PhraseMatcher(self._vocab)
        gazetteers = knowledge.gazetteers.values()
        for label, phrases in _phrases(knowledge).items():
            self._matcher.add(label, [self._doc(phrase) for phrase in phrases])
        self._cues = {
            "origin": {plain(cue) for g in gazetteers for cue in g.origin_cues},
            "destination": {plain(cue) for g in gazetteers for cue in g.destination_cues},
        }
        self._ordinary = _ordinary_words(gazetteers)
        self._denied_after = {plain(word) for g in gazetteers for word in g.denied_after}
        self._denied = {plain(cue) for g in gazetteers for pattern in g.denied_cues for cue in braceexpand(pattern)}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CountryGazetteer:
        """Create the component from the content in force."""
        return cls(shared_store(load_settings().content_dir).current)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities."""
        for message in messages:
            found = list(self._entities(message.get(TEXT) or ""))
            if found:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _entities(self, text: str) -> Iterator[dict[str, Any]]:
        doc = self._doc(plain(text))
        spans = filter_spans(self._matcher(doc, as_spans=True))
        for span, following in zip_longest(spans, spans[1:]):
            kind, value = span.label_.split(":")
            before = doc[: span.start].text.split()
            if span.label_ == NO_COUNTRY or (
                kind == "country" and (self._is_denied(before) or self._is_put_right(before, doc, span, following))
            ):
                continue
            if span.text in self._ordinary and span.text != doc.text and not self._is_meant(span.text, before, text):
                continue
            entity = {
                "entity": "job" if kind == "job" else "country",
                "value": value,
                "start": span.start_char,
                "end": span.end_char,
                "extractor": EXTRACTOR,
            }
            role = "origin" if kind == "nationality" else self._role(before)
            if role and kind != "job":
                entity["role"] = role
            yield entity

    def _doc(self, text: str) -> Doc:
        words = text.split()
        return Doc(self._vocab, words, [True] * (len(words) - 1) + [False] if words else [])

    def _is_meant(self, word: str, before: list[str], text: str) -> bool:
        """Whether the ordinary `word` is a place here: by the word before it, or by its capitals."""
        cues, written = self._ordinary[word]
        if any(" ".join(before[-size:]) in cues for size in range(1, MAX_CUE_WORDS + 1)):
            return True
        shouted = text.upper() == text
        here = as_written(text).split()[len(before) : len(before) + 1]
        return not shouted and bool(before) and here == [written] and written != word

    def _is_denied(self, before: list[str]) -> bool:
        """Whether the words before a country say that the person is not there: its police must not be named."""
        return any(" ".join(before[-size:]) in self._denied for size in range(1, MAX_DENIED_WORDS + 1))

    def _is_put_right(self, before: list[str], doc: Doc, country: Span, following: Span | None) -> bool:
        """Whether another country takes the place of `country`: "Spain no, Portugal"."""
        if following is None or following.start != country.end + 1 or self._role(before):
            return False
        return following.label_.startswith("country:") and doc[country.end].text in self._denied_after

    def _role(self, before: list[str]) -> str | None:
        """The role that the nearest and longest cue before the country gives it."""
        for size in range(MAX_CUE_WORDS, 0, -1):
            cue = " ".join(before[-size:])
            for role, cues in self._cues.items():
                if cue in cues:
                    return role
        return None


def _phrases(knowledge: Knowledge) -> dict[str, set[str]]:
    """What to look for, by label `kind:value`; country names in every language come from CLDR."""
    phrases: dict[str, set[str]] = {}
    for language in knowledge.languages:
        for code in countries.codes():
            phrases.setdefault(f"country:{code}", set()).add(plain(countries.name(code, language)))
    for gazetteer in knowledge.gazetteers.values():
        phrases.setdefault(NO_COUNTRY, set()).update(map(plain, gazetteer.no_country))
        for label, words in _gazetteer_phrases(gazetteer):
            phrases.setdefault(label, set()).update(map(plain, words))
    return phrases


def _ordinary_words(gazetteers: Iterable[Gazetteer]) -> dict[str, tuple[set[str], str]]:
    """By plain word: the plain words after which it is a place, and how it is written in the content."""
    ordinary: dict[str, tuple[set[str], str]] = {}
    for gazetteer in gazetteers:
        for word, cues in gazetteer.ordinary_words.items():
            known, written = ordinary.get(plain(word), (set(), word))
            ordinary[plain(word)] = (known | {plain(cue) for cue in cues}, written)
    return ordinary


def _gazetteer_phrases(gazetteer: Gazetteer) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind, shelf in (
        ("nationality", gazetteer.nationalities),
        ("country", gazetteer.places),
        ("country", gazetteer.country_aliases),
        ("job", gazetteer.jobs),
    ):
        for value, words in shelf.items():
            yield f"{kind}:{value}", words
