"""The floors that a model must hold on the frozen questions: `evaluation/floors.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.faults import Fault

FILE = "floors.json"


class FloorsError(Fault):
    """The file cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class Broken:
    """A figure that is worse than it may be. `language` is None for all together."""

    figure: str
    language: str | None
    limit: float
    value: float | None

    def as_json(self) -> dict[str, Any]:
        """For storing and showing."""
        return asdict(self)


def read_floors(directory: Path) -> dict[str, dict[str, float]]:
    """The floors of the folder `directory`.

    Raises:
        FloorsError: there is no such file, or it is no JSON object.
    """
    path = directory / FILE
    try:
        floors = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FloorsError(f"{path} does not exist: no model can be compared without floors") from None
    except (ValueError, OSError) as error:
        raise FloorsError(f"{path} is no JSON file: {error}") from None
    if not isinstance(floors, dict):
        raise FloorsError(f"{path} holds no JSON object")
    return floors


def broken(figures: Mapping[str, Any], floors: Mapping[str, Mapping[str, float]]) -> list[Broken]:
    """What of `figures` (a `summary`) is below its floor or above its ceiling; a figure that is missing is too."""
    return list(_broken(figures, floors))


def _broken(figures: Mapping[str, Any], floors: Mapping[str, Mapping[str, float]]) -> Iterator[Broken]:
    for name, limit in floors.get("at_least", {}).items():
        value = figures.get(name)
        if value is None or value < limit:
            yield Broken(name, None, limit, value)
    for name, limit in floors.get("at_most", {}).items():
        value = figures.get(name)
        if value is None or value > limit:
            yield Broken(name, None, limit, value)
    for language, limit in floors.get("right_by_language", {}).items():
        value = figures.get("by_language", {}).get(language, {}).get("right")
        if value is None or value < limit:
            yield Broken("right", language, limit, value)
