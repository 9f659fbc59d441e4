"""The content model of the directory of centres: what `content/centres/` and `content/cities.yml` may say."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from pydantic import Field, validator

from bot.knowledge.model import CountryCode, LanguageCode, Source, _Model

MAX_NAME = 80
MAX_ADDRESS = 120


class CentreKind(str, Enum):
    """Who runs an office; `labels.yml` names each for people (`centre_<kind>`)."""

    MRC = "mrc"
    IOM = "iom"
    GOVERNMENT = "government"
    TRADE_UNION = "trade_union"
    EMBASSY = "embassy"
    NGO = "ngo"
    SHELTER = "shelter"


class Service(str, Enum):
    """What an office helps with, as its source says; `labels.yml` names each (`service_<service>`)."""

    INFORMATION = "information"
    COMPLAINTS = "complaints"
    LEGAL = "legal"
    RETURN = "return"
    SHELTER = "shelter"
    JOBS = "jobs"
    DOCUMENTS = "documents"
    HEALTH = "health"


class PointOf(str, Enum):
    """What a latitude and longitude belong to."""

    CITY = "city"
    OFFICE = "office"


class Point(_Model):
    """A place on the globe in decimal degrees (WGS 84); `of` says whether it is the office itself or its city."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    of: PointOf = PointOf.CITY


class Centre(_Model):
    """One office where a person can walk in or call.

    `serves` are the nationals whom it serves, when it does not serve everybody. `languages` are the codes of the
    languages spoken there. What the source does not say is left out.
    """

    id: str = Field(regex=r"^[a-z0-9_]+$")
    kind: CentreKind
    name: str = Field(min_length=3, max_length=MAX_NAME)
    city: str = Field(min_length=2)
    address: str | None = Field(None, max_length=MAX_ADDRESS)
    phone: str | None = None
    hours: str | None = None
    website: str | None = None
    languages: tuple[LanguageCode, ...] = ()
    serves: tuple[CountryCode, ...] = ()
    helps_with: tuple[Service, ...] = ()
    point: Point
    source: Source

    @validator("phone")
    def _phone_is_international(cls, value: str | None) -> str | None:
        if value is not None and not value.replace(" ", "").lstrip("+").isdigit():
            raise ValueError(f'"{value}" is not one phone number: digits and blanks, with a leading + from abroad')
        return value


class CountryCentres(_Model):
    """The offices known in one country, the most useful first."""

    country: CountryCode
    reviewed_on: dt.date
    review_by: dt.date
    centres: tuple[Centre, ...]


class CityNames(_Model):
    """What the list of cities lacks: other names of cities, and words that are no city though one is called so."""

    aliases: dict[CountryCode, dict[str, tuple[str, ...]]]
    not_cities: tuple[str, ...] = ()
