"""Words by which a message in the middle of a form is no answer: `content/form_cues.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml
from braceexpand import braceexpand

from bot.knowledge.words import PhraseFinder, plain

LONGEST_ASIDE = 12
"""Words of a refusal or question; a longer message tells what happened, whatever it begins with."""


class FormCues:
    """Tells refusals, hesitations and questions from answers, in all languages at once.

    Args:
        groups: patterns by group and language.
    """

    def __init__(self, groups: dict[str, dict[str, list[str]]]) -> None:
        self._finders = {name: _finder(p for texts in group.values() for p in texts) for name, group in groups.items()}

    def refuses(self, text: str) -> bool:
        """Whether `text` begins by saying that the person will not go on."""
        return self._begins("refusals", text)

    def hesitates(self, text: str) -> bool:
        """Whether something beside a yes takes it back."""
        return bool(self._finders["hesitations"].find(text))

    def asks_why(self, text: str) -> bool:
        """Whether `text` asks what the question is for, or who will read the answer."""
        return len(plain(text).split()) <= LONGEST_ASIDE and bool(self._finders["why"].find(text))

    def is_question(self, text: str) -> bool:
        """Whether `text` is a short question."""
        short = len(plain(text).split()) <= LONGEST_ASIDE
        return short and (text.rstrip(" .!").endswith("?") or self._begins("questions", text))

    def wants_answer(self, text: str) -> bool:
        """Whether `text` asks, unlike "do not write to me", for an answer."""
        return bool(self._finders["wants_answer"].find(text)) and not self.hesitates(text)

    def stays_anonymous(self, text: str) -> bool:
        """Whether a short `text` says, and does not ask, that its writer is not to be named."""
        short = len(plain(text).split()) <= LONGEST_ASIDE
        return short and bool(self._finders["anonymous"].find(text)) and not text.rstrip(" .!").endswith("?")

    def goes_on(self, text: str) -> bool:
        """Whether `text` says to go on with what was stopped, and nothing else."""
        found = self._finders["goes_on"].find(text)
        return len(found) == 1 and found[0].phrase == plain(text)

    def negates(self, text: str) -> bool:
        """Whether `text` says not to do what it names."""
        return bool(self._finders["negations"].find(text))

    def _begins(self, group: str, text: str) -> bool:
        words = plain(text).split()
        found = next(self._finders[group].among(words), None)
        return found is not None and not found.before and len(words) <= LONGEST_ASIDE


def _finder(patterns: Iterable[str]) -> PhraseFinder[bool]:
    return PhraseFinder({phrase: True for pattern in patterns for phrase in braceexpand(pattern)})


@lru_cache(maxsize=4)
def load_form_cues(content_dir: Path) -> FormCues:
    """The cues of `content/form_cues.yml`."""
    return FormCues(yaml.safe_load((content_dir / "form_cues.yml").read_text(encoding="utf-8")))
