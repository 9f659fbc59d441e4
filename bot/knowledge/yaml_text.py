"""Reading YAML that somebody wrote: what could stop or stall the process is refused before it is built.

The C loader calls itself for each level, so that a text of nothing but brackets ends the process; and a few aliases
of aliases stand for more values than fit in memory. Texts of content/ need neither.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

MOST_LEVELS = 20
MOST_DIGITS = 100
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+.0-9][-+.:_0-9a-fA-Fxo]*")


class UnsafeYaml(yaml.MarkedYAMLError):
    """A text that is nested too deep, or has anchors, aliases, tags or endless numbers."""


def parse_yaml(text: str) -> Any:
    """The data of `text`.

    Raises:
        yaml.YAMLError: it is no YAML, or `UnsafeYaml`.
        ValueError: it has a date or a number that there is not.
    """
    refuse_unsafe(text)
    return yaml.load(text, Loader=_Loader)


def compose_yaml(text: str) -> Any:
    """The nodes of `text`, with their places in it.

    Raises:
        yaml.YAMLError: it is no YAML, or `UnsafeYaml`.
    """
    refuse_unsafe(text)
    return yaml.compose(text, Loader=_Loader)


def refuse_unsafe(text: str) -> None:
    """Look at the events of `text` only, of which none is kept.

    Raises:
        yaml.YAMLError: it is no YAML, or `UnsafeYaml`.
    """
    level = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            level += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            level -= 1
        why = _why_unsafe(event, level)
        if why:
            mark: Any = event.start_mark  # the C loader has a class of its own for it
            raise UnsafeYaml(problem=why, problem_mark=mark)


def is_unsafe(text: str) -> bool:
    """Whether `text` must not even be kept; one with plain mistakes may."""
    try:
        refuse_unsafe(text)
    except UnsafeYaml:
        return True
    except yaml.YAMLError:
        return False
    return False


def _why_unsafe(event: Any, level: int) -> str:
    if level > MOST_LEVELS:
        return f"nested more than {MOST_LEVELS} levels deep"
    if getattr(event, "anchor", None) is not None:
        return "anchors (&) and aliases (*) are not used here: put the text in quotes, or write it out"
    if getattr(event, "tag", None) is not None:
        return "tags (!) are not used here: put the text in quotes"
    if isinstance(event, yaml.ScalarEvent) and not event.style and len(event.value) > MOST_DIGITS:
        return "a number of that length is none: put it in quotes" if _NUMBER.fullmatch(event.value) else ""
    return ""
