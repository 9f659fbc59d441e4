"""Looking up offices: by country, by town, by a position; nearest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.knowledge.centre import Centre, CountryCentres, Point
from bot.knowledge.cities import City, distance_km, nearest_city

MAP = "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"


@dataclass(frozen=True)
class Where:
    """Where an office is looked for: a country, with the town and the point in degrees when they are known."""

    country: str
    town: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Office:
    """A centre found, with its distance in kilometres from where it was looked for, if that is a point."""

    centre: Centre
    km: float | None = None


def in_town(city: City) -> Where:
    """Looking from a town."""
    return Where(city.country, city.name, city.latitude, city.longitude)


def at_position(latitude: float, longitude: float) -> Where:
    """Looking from a position in degrees, in the country of the town nearest to it."""
    return Where(nearest_city(latitude, longitude).country, None, latitude, longitude)


def offices(directory: Mapping[str, CountryCentres], where: Where, citizen_of: str | None = None) -> list[Office]:
    """The offices of the country where it is looked for, nearest first; without a point, in the file's order.

    Those of other countries are never offered, however near: who follows the advice must not have to cross a border.
    Offices that serve other nationals only are left out when the person's country is known, else they come last.

    Args:
        directory: the offices by country.
        where: where it is looked for.
        citizen_of: the country that the person comes from, if known.
    """
    known = directory.get(where.country)
    if known is None:
        return []
    found = [
        Office(centre, _km(where, centre.point))
        for centre in known.centres
        if not (citizen_of and centre.serves and citizen_of not in centre.serves)
    ]
    return sorted(found, key=lambda office: (bool(office.centre.serves) and not citizen_of, office.km or 0.0))


def map_link(point: Point) -> str:
    """The address of a map with a mark at `point`."""
    return MAP.format(latitude=point.latitude, longitude=point.longitude)


def _km(where: Where, point: Point) -> float | None:
    if where.latitude is None or where.longitude is None:
        return None
    return distance_km(where.latitude, where.longitude, point.latitude, point.longitude)
