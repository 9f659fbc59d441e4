"""Checks of the directory of centres that a schema alone cannot make."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import phonenumbers
from babel import Locale, UnknownLocaleError

from bot.knowledge import countries
from bot.knowledge.centre import Centre, CentreKind, Point, PointOf, Service
from bot.knowledge.centre_text import MAX_SMS_SEGMENTS, describe
from bot.knowledge.centres import Office
from bot.knowledge.cities import City, all_cities, distance_km
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reading import Document, Problem
from bot.knowledge.segments import fold, segments

FARTHEST_KM = {PointOf.CITY: 30.0, PointOf.OFFICE: 60.0}
"""How far a point may be from the middle of the town in the list of cities; more is a slip."""
FARTHEST_IN_COUNTRY_KM = 300.0
"""How far the point of a town that the list lacks may be from the next town of its country."""
ANY_KM = 12_345.0
"""A long distance, for measuring the longest text."""
LABELS = (
    "address", "phone", "hours", "languages", "helps_with", "only_for", "map", "map_of_town", "more_offices",
    *(f"centre_{kind.value}" for kind in CentreKind), *(f"service_{service.value}" for service in Service),
)  # fmt: skip


def lint_centres(knowledge: Knowledge, document: Document, today: dt.date) -> Iterator[Problem]:
    """The problems of one file of `content/centres/`."""
    known = knowledge.centres[document.path.stem]
    if known.country != document.path.stem:
        yield document.problem(f'country is "{known.country}" but the file is {document.path.name}', "country")
    if known.country not in countries.codes():
        yield document.problem(f'"{known.country}" is no ISO 3166 country code', "country")
    if known.review_by <= known.reviewed_on:
        yield document.problem("review_by is not after reviewed_on", "review_by")
    if today > known.review_by:
        yield document.problem(f"review was due on {known.review_by}", "review_by", is_error=False)
    everywhere = Counter(centre.id for file in knowledge.centres.values() for centre in file.centres)
    for index, centre in enumerate(known.centres):
        place = ("centres", index)
        if everywhere[centre.id] > 1:
            yield document.problem(f'the id "{centre.id}" stands twice', *place, "id")
        yield from _lint_codes(document, centre, *place)
        yield from _lint_phone(document, centre, *place)
        yield from _lint_point(knowledge, document, centre, *place)
        yield from _lint_text(knowledge, document, centre, *place)


def missing_labels(knowledge: Knowledge, document: Document) -> Iterator[Problem]:
    """The words around an office's facts that `labels.yml` lacks."""
    for label in LABELS:
        if label not in knowledge.labels:
            yield document.problem(f'the label "{label}" of the directory of centres is missing')


def _lint_codes(document: Document, centre: Centre, *place: str | int) -> Iterator[Problem]:
    for code in centre.serves:
        if code not in countries.codes():
            yield document.problem(f'"{code}" is no ISO 3166 country code', *place, "serves")
    for code in centre.languages:
        try:
            Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            yield document.problem(f'"{code}" is no language code', *place, "languages")


def _lint_phone(document: Document, centre: Centre, *place: str | int) -> Iterator[Problem]:
    if centre.phone is None:
        return
    if centre.source.type != "official" and ";" not in centre.source.name:
        yield document.problem("a phone number needs the office's own page, or two sources (A; B)", *place, "phone")
    if centre.phone.startswith("+") and not _is_possible(centre.phone):
        yield document.problem(f'"{centre.phone}" cannot be a phone number', *place, "phone")


def _is_possible(phone: str) -> bool:
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(phone)))
    except phonenumbers.NumberParseException:
        return False


def _lint_point(knowledge: Knowledge, document: Document, centre: Centre, *place: str | int) -> Iterator[Problem]:
    country, point = document.path.stem, centre.point
    city = knowledge.places.in_country(centre.city, country)
    if city is None or not city.population:  # too small for the list of towns: at least the country can be checked
        here = (other for other in all_cities() if other.country == country)
        if min((_away(point, other) for other in here), default=0.0) > FARTHEST_IN_COUNTRY_KM:
            yield document.problem(f"the point is far from every town of {country}", *place, "point")
        return
    away = _away(point, city)
    if away > FARTHEST_KM[point.of]:
        yield document.problem(f"the point is {away:.0f} km from {centre.city}", *place, "point")


def _away(point: Point, city: City) -> float:
    return distance_km(point.latitude, point.longitude, city.latitude, city.longitude)


def _lint_text(knowledge: Knowledge, document: Document, centre: Centre, *place: str | int) -> Iterator[Problem]:
    for language in knowledge.languages:
        label = {id: knowledge.labels.get(id, {}).get(language, id) for id in LABELS}
        text = fold(describe(Office(centre, ANY_KM), language, label.__getitem__, sms=True))
        if segments(text) > MAX_SMS_SEGMENTS:
            yield document.problem(f"{language}: {segments(text)} SMS segments, at most {MAX_SMS_SEGMENTS}", *place)
