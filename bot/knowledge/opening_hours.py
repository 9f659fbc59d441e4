"""When staff answer: content/opening_hours.yml, and what follows from it for a moment in time."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from pydantic import BaseModel, Extra, Field, validator

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
LOOK_AHEAD_DAYS = 31


class OpeningHours(BaseModel):
    """Opening hours of the office whose staff answer; without any, nobody is promised.

    `place` is the town whose clock `timezone` is, as people know it. `closed` are days off.
    """

    timezone: str = "UTC"
    place: str = ""
    week: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    closed: tuple[dt.date, ...] = ()

    class Config:
        extra = Extra.forbid
        frozen = True

    @validator("timezone")
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f'"{value}" is no time zone, for instance Africa/Nairobi') from None
        return value

    @validator("week")
    def _days_and_spans(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for day, spans in value.items():
            if day not in DAYS:
                raise ValueError(f'"{day}" is none of {", ".join(DAYS)}')
            for span in spans:
                if not SPAN.fullmatch(span) or span[:5] >= span[6:]:
                    raise ValueError(f'"{span}" is no span of a day like 08:00-17:00')
        return value

    @property
    def is_staffed(self) -> bool:
        """Whether there are hours at all."""
        return any(self.week.values())

    def is_open(self, at: dt.datetime) -> bool:
        """Whether somebody is there at `at`."""
        return any(opens <= at < closes for opens, closes in self._spans(at.astimezone(ZoneInfo(self.timezone)).date()))

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """When somebody is there next, in the office's time; None when nobody is in the coming month."""
        today = at.astimezone(ZoneInfo(self.timezone)).date()
        for days in range(LOOK_AHEAD_DAYS):
            for opens, _ in self._spans(today + dt.timedelta(days=days)):
                if opens > at:
                    return opens
        return None

    def told(self, moment: dt.datetime, language: str) -> str:
        """`moment` for a person: weekday, date, time, and whose clock it is."""
        told = format_datetime(moment, "EEEE d MMMM, HH:mm", tzinfo=ZoneInfo(self.timezone), locale=language)
        return f"{told} ({self.place})" if self.place else told

    def _spans(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        if day in self.closed:
            return []
        zone = ZoneInfo(self.timezone)
        spans = sorted(self.week.get(DAYS[day.weekday()], ()))
        return [
            (
                dt.datetime.combine(day, dt.time.fromisoformat(span[:5]), zone),
                dt.datetime.combine(day, dt.time.fromisoformat(span[6:]), zone),
            )
            for span in spans
        ]
