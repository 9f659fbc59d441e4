"""The content model: what the YAML files under `content/` may say (described for editors in docs/content.md)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, validator

LanguageCode = str
CountryCode = str

PARTIAL_DATE = re.compile(r"(n\.d\.|\d{4}(-\d{2}(-\d{2})?)?)")
MAX_TITLE = 20
MAX_ANSWER = 900
MAX_SMS = 270
MAX_SHORT_SOURCE = 24
MAX_FACT = 220
MIN_QUESTIONS = 10


def _count_between(least: int, most: int) -> Callable[[Any, Any], Any]:
    """A validator of a tuple's length; pydantic 1 has none for tuples."""

    def check(cls: Any, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not least <= len(value) <= most:
            raise ValueError(f"{len(value)} entries, {least} to {most} are expected")
        return value

    return check


class _Model(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True
        allow_population_by_field_name = True


class Source(_Model):
    """Where a statement comes from. `date` is the page's own: YYYY, YYYY-MM, YYYY-MM-DD or "n.d."."""

    name: str = Field(min_length=3)
    date: str
    url: str
    short: str | None = Field(None, max_length=MAX_SHORT_SOURCE)
    type: Literal["official", "news", "secondary"] | None = None

    @validator("date", pre=True)
    def _date_is_partial_iso(cls, value: object) -> str:
        text = value.isoformat() if isinstance(value, dt.date) else str(value)
        if not PARTIAL_DATE.fullmatch(text):
            raise ValueError(f'"{text}" is not YYYY, YYYY-MM, YYYY-MM-DD or "n.d."')
        return text

    @validator("url")
    def _url_is_an_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://", "docs/")):
            raise ValueError(f'"{value}" is not a web address')
        return value

    @property
    def label(self) -> str:
        """Name and date as shown under an answer, for instance "ILO 2019" or "ILO (2019-03)"."""
        return self.name if self.date == "n.d." else f"{self.name}, {self.date}"


class TopicText(_Model):
    """One language of a topic."""

    translation: Literal["drafted", "reviewed"]
    title: str = Field(min_length=2, max_length=MAX_TITLE)
    questions: tuple[str, ...]
    answer: str = Field(min_length=80, max_length=MAX_ANSWER)
    sms: str = Field(min_length=40, max_length=MAX_SMS)

    @validator("questions")
    def _enough_questions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) < MIN_QUESTIONS:
            raise ValueError(f"{len(value)} questions, at least {MIN_QUESTIONS} are needed")
        return value


class FactKind(str, Enum):
    """What a country fact is about; `docs/content.md` says what each must hold."""

    REGISTER = "register"
    FEE_CAP = "fee_cap"
    COMPLAINT = "complaint"
    HOTLINE = "hotline"
    CRISIS_LINE = "crisis_line"
    EMERGENCY_NUMBER = "emergency_number"
    PREDEPARTURE = "predeparture"


HELP_LINES = (FactKind.EMERGENCY_NUMBER, FactKind.HOTLINE, FactKind.CRISIS_LINE)
"""Facts that are a number to call in need."""


class Topic(_Model):
    """One FAQ topic with its four languages."""

    id: str
    group: str
    reviewed_on: dt.date
    review_by: dt.date
    facts: tuple[FactKind, ...] = ()
    buttons: tuple[str, ...]
    sources: tuple[Source, ...]
    languages: dict[LanguageCode, TopicText]

    _two_or_three_buttons = validator("buttons", allow_reuse=True)(_count_between(2, 3))
    _a_source_at_least = validator("sources", allow_reuse=True)(_count_between(1, 9))

    def is_stale(self, today: dt.date) -> bool:
        """Whether `today` is past the day by which the topic was to be reviewed."""
        return today > self.review_by


class Role(str, Enum):
    """For whom a country fact holds: those who leave the country for work, those who work in it, or both."""

    LEAVING = "leaving"
    WORKING = "working"
    BOTH = "both"


class Fact(_Model):
    """One sourced fact about a country; `names` say in each language what the body that `name` names is."""

    kind: FactKind
    holds_for: Role = Field(alias="for")
    name: str
    names: dict[LanguageCode, str] = Field(default_factory=dict)
    url: str | None = None
    phone: str | None = None
    phone_abroad: str | None = None
    hours: str | None = None
    text: dict[LanguageCode, str] = Field(default_factory=dict)
    source: Source

    @validator("phone", always=True)
    def _lines_have_a_number(cls, value: str | None, values: dict[str, object]) -> str | None:
        if value is None and values.get("kind") in HELP_LINES:
            raise ValueError("a hotline, crisis_line or emergency_number needs a phone")
        return value

    @validator("text")
    def _text_is_short(cls, value: dict[LanguageCode, str]) -> dict[LanguageCode, str]:
        for language, text in value.items():
            if len(text) > MAX_FACT:
                raise ValueError(f"{language}: {len(text)} characters, at most {MAX_FACT}")
        return value

    def name_in(self, language: LanguageCode) -> str:
        """What to call it in `language`."""
        return self.names.get(language, self.name)


class Country(_Model):
    """The facts known about one country."""

    country: CountryCode
    reviewed_on: dt.date
    review_by: dt.date
    facts: tuple[Fact, ...]


class Label(_Model):
    """A title in one language."""

    title: str = Field(min_length=1, max_length=MAX_TITLE)


class MenuText(Label):
    """A menu's own title and the line above its entries, in one language."""

    text: str = Field(max_length=160)


class Menu(_Model):
    """A numbered menu. `items` are ids of topics, actions or other menus."""

    id: str
    items: tuple[str, ...]
    languages: dict[LanguageCode, MenuText]

    _one_digit_is_enough = validator("items", allow_reuse=True)(_count_between(2, 9))


class ResponseText(_Model):
    """One language of a response; `sms` stands in for `text` on SMS when given."""

    text: str
    sms: str | None = None


class Response(_Model):
    """A fixed utterance (`utter_…`) with its choices and the country facts that belong under it.

    `countries_first` are offered before others where it asks which country it is about.
    """

    id: str
    buttons: tuple[str, ...] = ()
    facts: tuple[FactKind, ...] = ()
    countries_first: tuple[str, ...] = ()
    languages: dict[LanguageCode, ResponseText]


class Action(_Model):
    """A dialogue that a button or menu entry can start. `intent` is what the button says to Rasa."""

    id: str
    languages: dict[LanguageCode, Label]


class Keywords(BaseModel):
    """The words, by language, of one command that is obeyed before anything else (STOP, START, HELP, MORE)."""

    __root__: dict[LanguageCode, tuple[str, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """Those of all languages."""
        return tuple(word for words in self.__root__.values() for word in words)


class ChatCommand(_Model):
    """A command of Telegram's list (`/id`); `action` is what it starts, and whose title describes it."""

    id: str = Field(regex="^[a-z0-9_]{1,32}$")
    action: str


class RiskQuestion(_Model):
    """One yes/no/unsure question of the risk check."""

    id: str
    risky: Literal["yes", "no"]
    weight: int = Field(ge=1, le=3)
    topic: str
    languages: dict[LanguageCode, RiskText]


class RiskText(_Model):
    """A risk question and the reason shown when its answer is risky, in one language."""

    question: str = Field(max_length=200)
    reason: str = Field(max_length=160)


class Language(_Model):
    """A language that Salama speaks: its own name, and the words by which people ask for it in any language."""

    code: LanguageCode
    name: str
    words: tuple[str, ...]


class Lexicon(_Model):
    """How people say in one language that somebody is in danger now; by situation, which is for its readers only.

    A pattern stands for several phrases: `{he,she} beats {me,us,}` (shell braces, an empty choice for "or nothing").
    `alone` are a call for help when they are the whole message, `phrases` anywhere in it. A combination is one when
    each of its groups has a phrase in the message, in any order, unless one of `exceptions` marks a general question.
    `denials` say that there is no danger, or only that there may be one, whatever else is said.
    """

    alone: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[str, ...]]
    combinations: dict[str, tuple[tuple[str, ...], ...]]
    exceptions: dict[str, tuple[str, ...]]
    denials: dict[str, tuple[str, ...]]


class CannedReply(_Model):
    """A reply that staff send again and again; they may change it before they do."""

    id: str = Field(regex="^[a-z0-9_]{1,40}$")
    title: dict[LanguageCode, str]
    text: dict[LanguageCode, str]


class Gazetteer(_Model):
    """Words of one language for places, peoples and jobs.

    `nationalities` and `places` map words to ISO country codes; `origin_cues` and `destination_cues` are
    the words that, standing before a country, tell its role; before `denied_cues` (patterns with braces) it is one that
    the person is not in and does not go to, as it is where one of `denied_after` and another country follow ("Spain no,
    Portugal"). `ordinary_words` mostly mean something else ("us", "mali"): they are places only after one of the words
    given, as the whole message, or written as here if that has a capital.
    `no_country` are names that hold a country's or a town's name and are not of it ("northern cyprus").
    """

    nationalities: dict[CountryCode, tuple[str, ...]]
    places: dict[CountryCode, tuple[str, ...]]
    country_aliases: dict[CountryCode, tuple[str, ...]] = Field(default_factory=dict)
    jobs: dict[str, tuple[str, ...]]
    origin_cues: tuple[str, ...]
    destination_cues: tuple[str, ...]
    denied_cues: tuple[str, ...]
    denied_after: tuple[str, ...]
    ordinary_words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    no_country: tuple[str, ...] = ()


RiskQuestion.update_forward_refs()
