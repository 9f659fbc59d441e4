"""How one office is written down for people, on a phone with data and by SMS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from babel import Locale

from bot.knowledge import countries
from bot.knowledge.centre import Centre, PointOf
from bot.knowledge.centres import Office, map_link
from bot.knowledge.segments import fold, segments

MAX_SMS_SEGMENTS = 2
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Label = Callable[[str], str]


def describe(office: Office, language: str, label: Label, sms: bool) -> str:
    """The lines about `office`.

    Args:
        office: what was found.
        language: of the text.
        label: the words around facts, by id.
        sms: whether it must fit into two SMS segments; what matters least is left out then.
    """
    return _short(office, language, label) if sms else "\n".join(_lines(office, language, label))


def _lines(office: Office, language: str, label: Label) -> Iterator[str]:
    centre = office.centre
    yield f"- {_title(office)} ({label(f'centre_{centre.kind.value}')})"
    if centre.serves:
        yield _serves(centre, language, label)
    for name, value in (("address", centre.address), ("phone", centre.phone), ("hours", _hours(centre, language))):
        if value:
            yield f"{label(name)}: {value}"
    if centre.languages:
        yield f"{label('languages')}: {', '.join(_language(code, language) for code in centre.languages)}"
    if centre.helps_with:
        yield f"{label('helps_with')}: {', '.join(label(f'service_{s.value}') for s in centre.helps_with)}"
    if centre.website:
        yield centre.website
    map_of = "map" if centre.point.of is PointOf.OFFICE else "map_of_town"
    yield f"{label(map_of)}: {map_link(centre.point)}"
    yield f"[{centre.source.label}]"


def _short(office: Office, language: str, label: Label) -> str:
    """Name and phone always; then who is served, address, hours and date as long as two segments hold them."""
    centre = office.centre
    head = f"- {_title(office)}"
    parts = [f"{label('phone')} {centre.phone}" if centre.phone else centre.website or ""]
    optional = [
        _serves(centre, language, label) if centre.serves else "",
        centre.address or "",
        _hours(centre, language),
        "" if centre.source.date == "n.d." else f"({centre.source.date})",
    ]
    for part in optional:
        if part and segments(fold(_joined(head, [*parts, part]))) <= MAX_SMS_SEGMENTS:
            parts.append(part)
    return _joined(head, parts)


def _joined(head: str, parts: list[str]) -> str:
    return ". ".join([head, *filter(None, parts)])


def _title(office: Office) -> str:
    centre = office.centre
    named = centre.name if centre.city in centre.name else f"{centre.name}, {centre.city}"
    return named if office.km is None else f"{named}, {_distance(office.km)}"


def _distance(km: float) -> str:
    return "< 5 km" if km < 5 else f"{km:.0f} km"


def _serves(centre: Centre, language: str, label: Label) -> str:
    return f"{label('only_for')}: {', '.join(countries.name(code, language) for code in centre.serves)}"


def _hours(centre: Centre, language: str) -> str:
    return opening(centre.hours or "", language)


def opening(hours: str, language: str) -> str:
    """Opening hours of the content ("Mon-Fri 8:00-17:00") with the days in `language` (CLDR)."""
    short = Locale(language).days["format"]["abbreviated"]
    return re.sub(rf"\b({'|'.join(DAYS)})\b", lambda day: short[DAYS.index(day[1])].rstrip("."), hours)


def _language(code: str, language: str) -> str:
    return str(Locale(language).languages.get(code, code))
