"""Putting reviewed texts together into replies: answer, country facts, source, choices. Writes no sentence itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from babel.languages import get_official_languages

from bot.knowledge import countries
from bot.knowledge.centre_text import describe, opening
from bot.knowledge.centres import Where, offices
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.model import HELP_LINES, Country, Fact, FactKind, Role
from bot.knowledge.reply import Choice, Reply
from bot.knowledge.risk import weigh

MAX_COUNTRY_CHOICES = 6
OFFICES_TO_ASK = (FactKind.REGISTER, FactKind.COMPLAINT)
MAX_OFFICES = 3


@dataclass(frozen=True)
class Places:
    """The countries a person has named, as ISO codes: where they leave from and where they go or are."""

    origin: str | None = None
    destination: str | None = None

    def named(self) -> list[tuple[str, Role]]:
        """The known countries with the role they play, the destination first: that is where danger is."""
        pairs = ((self.destination, Role.WORKING), (self.origin, Role.LEAVING))
        return [(code, role) for code, role in pairs if code]


@dataclass(frozen=True)
class Composer:
    """Composes replies from one state of the content, in one language, for one kind of channel.

    Args:
        sms: whether texts are for SMS, where every character costs.
        today: the day against which review dates are held.
    """

    knowledge: Knowledge
    language: str
    sms: bool
    today: dt.date

    def topic(self, id: str, places: Places) -> Reply:
        """The answer of topic `id` with the facts of the person's countries, or the question which country it is."""
        topic = self.knowledge.topics[id]
        text = topic.languages[self.language]
        source = topic.sources[0]
        if self.sms:
            blocks = [f"{text.sms} ({source.short})"]
        else:
            blocks = [
                text.answer,
                f"{self._label('source')}: {source.label}. {self._checked(topic.reviewed_on)}",
            ]
        if topic.is_stale(self.today):
            blocks.append(self._label("stale").format(date=topic.reviewed_on.isoformat()))
        return self._with_facts(id, blocks, topic.facts, topic.buttons, places)

    def response(
        self, id: str, places: Places | None = None, countries_first: Sequence[str] = (), **values: str
    ) -> Reply:
        """The fixed utterance `id`, its placeholders filled with `values`.

        Args:
            countries_first: the countries that are offered before others, where it asks which one it is.
        """
        response = self.knowledge.responses[id]
        text = self.response_text(id).format(**values)
        return self._with_facts(id, [text], response.facts, response.buttons, places or Places(), countries_first)

    def menu(self, id: str) -> Reply:
        """The numbered menu `id`."""
        menu = self.knowledge.menus[id]
        return Reply(menu.languages[self.language].text, self.choices(menu.items), f"menu_{id}")

    def suggestions(self, ids: Sequence[str]) -> Reply:
        """The "did you mean" question with the titles of `ids`, most likely first."""
        return self._plain("utter_did_you_mean", self.choices(dict.fromkeys([*ids, "menu"])))

    def languages(self) -> Reply:
        """The question which language to use, each named in itself."""
        choices = tuple(
            Choice(language.name, payload("change_language", language=code))
            for code, language in self.knowledge.languages.items()
        )
        return self._plain("utter_choose_language", choices)

    def facts(self, topic_or_response: str, country: str) -> Reply:
        """What is known about `country` for a topic or response that asked for it."""
        item = self.knowledge.topics.get(topic_or_response) or self.knowledge.responses[topic_or_response]
        block = self.facts_block(country, item.facts, None)
        if not block:
            return Reply(self._no_facts(country), self.choices([*item.buttons, "menu"]), "utter_no_facts")
        return Reply(block, self.choices([*item.buttons, "menu"]), f"facts_{topic_or_response}")

    def country_noted(self, code: str) -> Reply:
        """Says that country `code` will be kept in mind, with the main menu's entries."""
        text = self.response_text("utter_country_noted").format(country=self.country(code))
        return Reply(text, self.choices(self.knowledge.menus["main"].items), "utter_country_noted")

    def risk_question(self, id: str) -> Reply:
        """One question of the risk check with its place in the row; before the first one, what this is."""
        questions = self.knowledge.risk_questions
        number = next(n for n, question in enumerate(questions, 1) if question.id == id)
        text = f"{number}/{len(questions)} {questions[number - 1].languages[self.language].question}"
        if number == 1:
            text = self.response_text("utter_risk_intro").format(total=len(questions)) + "\n\n" + text
        answers = (("yes", "affirm"), ("no", "deny"), ("unsure", "unsure"))
        choices = tuple(Choice(self._label(label), payload(intent)) for label, intent in answers)
        return Reply(text, choices, f"risk_{id}")

    def risk_verdict(self, answers: Mapping[str, str]) -> Reply:
        """The verdict on the answers (question id → yes, no or unsure), with the reasons for it."""
        verdict = weigh(self.knowledge.risk_questions, answers)
        shown = verdict.signs[:2] if self.sms else verdict.signs
        reasons = "\n".join(f"- {sign.languages[self.language].reason}" for sign in shown)
        return self.response(f"utter_risk_{verdict.risk.value}", reasons=reasons)

    def ask_place(self, places: Places) -> Reply:
        """The question from which town or country an office is looked for, with the countries known already."""
        known = dict.fromkeys(code for code, _ in places.named())
        choices = tuple(Choice(self.country(code), payload("find_mrc", country=code)) for code in known)
        return self._plain("utter_ask_centre_place", choices)

    def centres(self, where: Where, citizen_of: str | None = None, skip: int = 0) -> Reply:
        """The offices nearest to `where` after the first `skip`; without any, the official places of the country.

        Args:
            where: a country, or a town or position in it.
            citizen_of: the country that the person comes from, if known: some offices serve their citizens only.
            skip: how many were shown before.
        """
        found = offices(self.knowledge.centres, where, citizen_of)
        shown = found[skip : skip + MAX_OFFICES]
        if not shown:
            return self._no_centre(where)
        id = _heading(where)
        blocks = [self.response_text(id).format(place=where.town or self.country(where.country))]
        blocks += [describe(office, self.language, self._label, self.sms) for office in shown]
        known = self.knowledge.centres[where.country]
        if self.today > known.review_by:
            blocks.append(self._label("stale").format(date=known.reviewed_on.isoformat()))
        more: tuple[Choice, ...] = ()
        if len(found) > skip + MAX_OFFICES:
            more = (Choice(self._label("more_offices"), _search(where, skip + MAX_OFFICES)),)
        return Reply("\n\n".join(blocks), more + self._centre_choices(), id)

    def _no_centre(self, where: Where) -> Reply:
        """Says that no office is known there; gives the official places instead."""
        response = self.knowledge.responses["utter_find_mrc"]
        text = self.response_text("utter_centres_none").format(country=self.country(where.country))
        official = self.facts_block(where.country, response.facts, None)
        blocks = [text, official or self.response_text("utter_find_mrc")]
        return Reply("\n\n".join(blocks), self._centre_choices(), "utter_centres_none")

    def _centre_choices(self) -> tuple[Choice, ...]:
        return self.choices([*self.knowledge.responses["utter_find_mrc"].buttons, "menu"])

    def _with_facts(
        self,
        id: str,
        blocks: list[str],
        kinds: tuple[FactKind, ...],
        buttons: Iterable[str],
        places: Places,
        countries_first: Sequence[str] = (),
    ) -> Reply:
        choices: tuple[Choice, ...] = ()
        found = self.facts_of(places, kinds)
        if found:
            blocks[1:1] = found
        elif kinds and places.named():
            here, home = places.named()[0][0], places.named()[-1][0]
            # the rules of recruitment are those of home
            blocks.append(self._no_facts(here if set(kinds) <= set(HELP_LINES) else home))
        elif kinds:
            blocks.append(self.response_text("utter_ask_country"))
            choices = self.country_choices(kinds, first=countries_first)
        return Reply("\n\n".join(blocks), choices + self.choices(buttons), id)

    def facts_of(self, places: Places, kinds: Iterable[FactKind]) -> list[str]:
        """What is known of `kinds` about the person's countries, a block a country."""
        named = places.named()
        blocks = [block for code, role in named if (block := self.facts_block(code, kinds, role))]
        # "what may an agent charge in Uganda" names no destination: what is known of the country is better than nothing
        return blocks or [block for code, _ in named if (block := self.facts_block(code, kinds, None))]

    def _no_facts(self, code: str) -> str:
        """Says that content has no such fact of the country, and names the offices that can be asked there."""
        text = self.response_text("utter_no_facts").format(country=self.country(code))
        return "\n\n".join(filter(None, [text, self.facts_block(code, OFFICES_TO_ASK, None)]))

    def facts_block(
        self,
        code: str,
        kinds: Iterable[FactKind],
        role: Role | None,
        from_abroad: bool = False,
        urgent: bool = False,
    ) -> str:
        """The facts of a country, line by line; "ask before you act" is no advice where it is `urgent`."""
        country = self.knowledge.countries.get(code)
        if country is None:
            return ""
        facts = [fact for kind in kinds for fact in _facts(country, kind, role, self.sms)]
        lines = [self._fact(fact) for fact in facts if fact.phone_abroad or not from_abroad]
        if not lines:
            return ""
        if self.today > country.review_by and not urgent:
            lines.append(self._label("stale").format(date=country.reviewed_on.isoformat()))
        return "\n".join([f"{self.country(code)}:", *lines])

    def _fact(self, fact: Fact) -> str:
        parts = [fact.name_in(self.language)]
        if fact.phone:
            parts.append(f": {fact.phone}")
        details = [opening(fact.hours, self.language)] if fact.hours else []
        if fact.phone_abroad:
            details.append(f"{self._label('from_abroad')} {fact.phone_abroad}")
        if details:
            parts.append(f" ({', '.join(details)})")
        line = "".join(parts)
        text = fact.text.get(self.language, "")
        if self.sms:
            useful = line if fact.kind in HELP_LINES else text
            return f"- {useful} ({fact.source.date})"
        origin = f"[{fact.source.name}, {fact.source.date}]"
        return "- " + " ".join(filter(None, [line + ("." if text else ""), text, fact.url, origin]))

    def _plain(self, id: str, choices: tuple[Choice, ...]) -> Reply:
        return Reply(self.response_text(id), choices, id)

    def response_text(self, id: str) -> str:
        """The words of the fixed utterance `id`, its placeholders unfilled."""
        text = self.knowledge.responses[id].languages[self.language]
        return text.sms if self.sms and text.sms else text.text

    def choices(self, ids: Iterable[str]) -> tuple[Choice, ...]:
        """Choices that lead to topics, actions, menus or courses; an id that nothing has is left out."""
        titled = ((id, self.knowledge.title(id, self.language)) for id in dict.fromkeys(ids))
        return tuple(Choice(title, self._payload(id)) for id, title in titled if title)

    def _payload(self, id: str) -> str:
        if id in self.knowledge.courses:
            return payload("course", course=id)
        return payload("menu", menu=id) if id in self.knowledge.menus else payload(id)

    def country_choices(
        self, kinds: Iterable[FactKind], but: str | None = None, first: Sequence[str | None] = ()
    ) -> tuple[Choice, ...]:
        """Countries of which a fact of `kinds` is known, to choose from: `first` those, then where this is spoken."""
        wanted = set(kinds)
        having = [c for c in self.knowledge.countries.values() if any(fact.kind in wanted for fact in c.facts)]
        place = {code: index for index, code in reversed(list(enumerate(first)))}
        having.sort(
            key=lambda c: (
                place.get(c.country, len(place)),
                c.country not in self._at_home,
                self.country(c.country),
            )
        )
        return tuple(
            Choice(self.country(c.country), payload("inform_country", country=c.country))
            for c in [c for c in having if c.country != but][:MAX_COUNTRY_CHOICES]
        )

    @cached_property
    def _at_home(self) -> set[str]:
        """Countries in which the language of the reply is official (CLDR)."""
        return {c for c in self.knowledge.countries if self.language in get_official_languages(c, de_facto=True)}

    def country(self, code: str) -> str:
        """The name of the country with the ISO code `code`."""
        return countries.name(code, self.language)

    def _label(self, id: str) -> str:
        return self.knowledge.label(id, self.language)

    def _checked(self, day: dt.date) -> str:
        return f"{self._label('checked')}: {day.isoformat()}."


def payload(intent: str, **entities: str) -> str:
    """The text by which a button speaks to Rasa: `/intent{"entity": "value"}`."""
    return f"/{intent}{json.dumps(entities)}" if entities else f"/{intent}"


def _heading(where: Where) -> str:
    if where.town:
        return "utter_centres_near"
    return "utter_centres_here" if where.latitude is not None else "utter_centres_in"


def _search(where: Where, skip: int) -> str:
    """The payload that goes on with a search."""
    entities = {"country": where.country, "skip": str(skip)}
    if where.latitude is not None and where.longitude is not None:
        entities |= {"latitude": str(where.latitude), "longitude": str(where.longitude)}
    return payload("find_mrc", **entities)


def _facts(country: Country, kind: FactKind, role: Role | None, only_first: bool) -> list[Fact]:
    found = [
        fact for fact in country.facts if fact.kind is kind and (role is None or fact.holds_for in (role, Role.BOTH))
    ]
    return found[:1] if only_first else found
