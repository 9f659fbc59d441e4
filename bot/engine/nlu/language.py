"""Which language a message is in, told as an entity only when it should change what Salama speaks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pycld2
from langidentify import Detector, Language, Model
from langidentify.model_loader import SKIP
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.nlu.gazetteer import EXTRACTOR as GAZETTEER
from bot.engine.nlu.vocabulary import Vocabulary
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.store import shared_store
from bot.knowledge.words import PhraseFinder, plain
from bot.registry.cues import OF_FIRMS
from bot.registry.names import FILLERS
from bot.registry.query import load_cues
from bot.settings import load_settings
from bot.storage.prepared import as_bytes, prepared

MIN_WORDS_TO_SWITCH = 4
"""At three words or fewer every detector errs on one message in nine or more (shared/PARTS.md, D1)."""
LIKELY, SURE, UNLIKELY = 0.7, 0.98, 0.2
"""What share of belief the words give a language that one detector is enough for, that few words may switch to, and
that two detectors are not enough for."""


class LanguageDetector:
    """Names the language of a text among those spoken; None when the detectors and the words do not agree.

    langidentify is the better of the two on short texts (89 against 75 % at three words or fewer), pycld2 knows
    when a text is in none of ours; a wrong switch costs more than none, so two of three must say the same.
    """

    def __init__(self, languages: Sequence[str], vocabulary: Vocabulary) -> None:
        self._languages, self._vocabulary = set(languages), vocabulary
        self._detector = Detector(_model(",".join(languages)))

    def detect(self, text: str, current: str | None) -> str | None:
        """The ISO 639-1 code of `text`'s language, or None.

        Args:
            current: the language spoken so far; few words must be sure to be in another one.
        """
        second = _second_guess(text)
        shares = self._vocabulary.shares(text)
        likeliest = max(shares, key=lambda code: shares[code])
        knows_half = self._vocabulary.knows_half(text)
        words = {word for word in plain(text).split() if not word.isdigit()}
        if current and len(words) < MIN_WORDS_TO_SWITCH:
            is_sure = knows_half and shares[likeliest] >= SURE and likeliest == second
            # the words of a firm's name, most likely, are no language
            told = is_sure and words & self._vocabulary.common(likeliest) and not words & FILLERS
            return likeliest if told and likeliest == self._first_guess(text) else None
        likely = shares[likeliest] >= LIKELY
        if likely and (likeliest == second or (not current and knows_half)):
            return likeliest
        guess = self._first_guess(text)  # last, for it takes the longest
        if likely and likeliest == guess:
            return likeliest
        if shares.get(guess, 0.0) < UNLIKELY or (second in self._languages and second != guess):
            return None
        return guess if not current or knows_half else None

    def _first_guess(self, text: str) -> str:
        """The code that langidentify gives."""
        return str(self._detector.detect(text).iso_code).lower()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """Adds an entity `language` when the person asks for a language by name or clearly writes in another one.

    It comes after the gazetteer, for names of places tell no language.

    The language spoken so far comes in the message's metadata as `language`; while there is none, a shorter text
    is enough.
    """

    def __init__(self) -> None:
        content_dir = load_settings().content_dir
        knowledge, self._cues = shared_store(content_dir).current, load_cues(content_dir)
        self._vocabulary = prepared(
            "vocabulary",
            lambda: [*map(str.encode, knowledge.languages), *as_bytes(knowledge.topics.values())],
            lambda: _vocabulary(knowledge),
        )
        self._detector = LanguageDetector(list(knowledge.languages), self._vocabulary)
        self._names = PhraseFinder({word: lang.code for lang in knowledge.languages.values() for word in lang.words})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Create the component; it takes no options."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entity where it is due."""
        for message in messages:
            text = message.get(TEXT) or ""
            current = (message.get("metadata") or {}).get("language")
            language = self._named(text) or self._written(text, _without_names(message, text), current)
            if language and language != current:
                entity = {"entity": "language", "value": language, "start": 0, "end": 0, "extractor": "language"}
                message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages

    def _named(self, text: str) -> str | None:
        """A language asked for by a short message that names one: "in english please"."""
        found = self._names.find(text)
        return found[0].value if len(found) == 1 and len(text.split()) <= 5 else None

    def _written(self, text: str, without_names: str, current: str | None) -> str | None:
        if not without_names:
            return None
        written = self._detector.detect(without_names, current)
        if written == OF_FIRMS or (written is None and current is None):  # a firm's name drowns the few words around it
            written = self._cues.language(text) or written
        words = set(plain(without_names).split())
        if current and written and words & FILLERS and not words & self._vocabulary.common(written) - FILLERS:
            return None  # a firm's name, most likely: "Gulf Star Recruitment Limited" does not ask for English
        return written


@lru_cache(maxsize=1)
def _model(languages: str) -> Model:
    """langidentify's model of some languages, by their codes."""
    spoken = Language.from_comma_separated(languages)
    model = prepared("languages", lambda: [languages.encode()], lambda: _with_tuples(Model.load(spoken)))
    words = model.topwords_table  # a word to skip is known by the identity of its mark, which a copy has not
    words |= {word: SKIP for word, entry in words.items() if type(entry) is object}
    return model


def _with_tuples(model: Model) -> Model:
    """The same with the probabilities in tuples: a pickle of its hundred thousand arrays takes a second to read."""
    for table in (*model._tables, model.topwords_table):
        table |= {gram: (entry[0], tuple(entry[1])) for gram, entry in table.items() if entry is not SKIP}
    return model


def _vocabulary(knowledge: Knowledge) -> Vocabulary:
    topics = knowledge.topics.values()
    return Vocabulary({code: [q for t in topics for q in t.languages[code].questions] for code in knowledge.languages})


def _second_guess(text: str) -> str:
    """The code that pycld2 gives; "un" for none."""
    try:
        return str(pycld2.detect(text, bestEffort=True)[2][0][1])
    except pycld2.error:  # half a character
        return "un"


def _without_names(message: Message, text: str) -> str:
    """`text` without the countries and jobs that the gazetteer found: "Qatar" is in no language."""
    spans = [(e["start"], e["end"]) for e in message.get(ENTITIES, []) if e.get("extractor") == GAZETTEER]
    if not spans:
        return text
    simple = plain(text)
    return " ".join("".join(c for at, c in enumerate(simple) if not any(a <= at < b for a, b in spans)).split())
