"""When somebody other than the author must look at a revision before it is published."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from bot.knowledge.yaml_text import parse_yaml

FACT_FOLDERS = ("countries/", "centres/", "responses/emergency.yml")
"""What is told to somebody in danger is a fact too."""
NUMBER = re.compile(r"\d+")
SPOKEN = ("answer", "sms", "text")


class SecondPair(str, Enum):
    """The setting: for whatever states facts, for everything, or for nothing (a team of one)."""

    FACTS = "facts"
    ALWAYS = "always"
    NEVER = "never"


def is_needed(policy: SecondPair, path: str, old: str | None, new: str) -> bool:
    """Whether the change from `old` to `new` needs a second pair of eyes.

    Facts are all that countries, centres and the answer to a call for help say, the sources and kinds of facts of a
    topic, and every number that a person reads: a fee, a phone number, a deadline. A new file is one too.
    """
    if policy is not SecondPair.FACTS:
        return policy is SecondPair.ALWAYS
    if old is None or path.startswith(FACT_FOLDERS):
        return True
    before, after = (parse_yaml(text) for text in (old, new))
    return bool(_facts(before) != _facts(after))


def _facts(data: Any) -> Any:
    stated = {key: data.get(key) for key in ("sources", "facts")} if isinstance(data, dict) else None
    return stated, sorted(_numbers(data), key=lambda found: found[0])  # within a text their order counts


def _numbers(node: Any, key: str = "", place: str = "") -> list[tuple[str, str]]:
    """The numbers in texts that people read, with where they stand."""
    if isinstance(node, dict):
        return [found for name, value in node.items() for found in _numbers(value, str(name), f"{place}/{name}")]
    if isinstance(node, list):
        return [found for index, item in enumerate(node) for found in _numbers(item, key, f"{place}/{index}")]
    if isinstance(node, str) and key in SPOKEN:
        return [(place, number) for number in NUMBER.findall(node)]
    return []
