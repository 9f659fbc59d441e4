"""The words of questions about recruiters, and the language that they tell."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.registry.names import fold

GROUPS = ("openers", "articles", "asking", "predicates", "roles", "places", "connectors", "separators", "in_names")
NO_CUES = ("connectors", "separators", "in_names")
"""Groups whose words may stand inside a name."""
ALL = "all"
"""Words that no one language has for itself: places, and what joins names."""
OF_FIRMS = "en"
"""The language of most firms' names: an English article before one may be its own."""
WORD = re.compile(r"[^\s?!,;:]+")


class CueWords:
    """Knows the words of questions about recruiters.

    Args:
        groups: the words of each of `GROUPS`, of all languages.
        languages: the languages that have each word, as ISO 639-1 codes.
    """

    def __init__(self, groups: Mapping[str, frozenset[str]], languages: Mapping[str, frozenset[str]]) -> None:
        self._groups, self._languages = groups, languages
        self._all = frozenset().union(*(groups[name] for name in GROUPS if name not in NO_CUES))
        self._asks = groups["predicates"] | groups["asking"]

    @property
    def words(self) -> frozenset[str]:
        """All that `knows` knows, folded."""
        return self._all

    def knows(self, word: str) -> bool:
        """Whether `word` is one of a question about recruiters, or a place."""
        return stripped(word) in self._all

    def language(self, text: str) -> str | None:
        """The language that a question about a recruiter is asked in, whatever language the name is in.

        None where the text asks no such question, or its words do not tell.
        """
        spoken = (self._languages.get(stripped(word), ()) for word in WORD.findall(text))
        told = Counter(code for codes in spoken if len(codes) == 1 for code in codes).most_common(2)
        if not told or not self._is_question(text) or (len(told) > 1 and told[0][1] == told[1][1]):
            return None
        return told[0][0]

    def looks_like_a_name(self, text: str) -> bool:
        """Whether `text`, which holds no verb that we know, has a capital letter or says what somebody is."""
        words = WORD.findall(text)
        return any(word[:1].isupper() or stripped(word) in self._groups["roles"] for word in words)

    def holds_only_names(self, text: str) -> bool:
        """Whether every word has a capital letter but those that join names."""
        joining = self._groups["connectors"] | self._groups["separators"]
        return all(word[:1].isupper() or stripped(word) in joining for word in WORD.findall(text))

    def _is_question(self, text: str) -> bool:
        return any(stripped(word) in self._asks for word in WORD.findall(text))

    def _asking_words(self, words: list[str]) -> int:
        return sum(stripped(word) in self._asks for word in words)


@lru_cache(maxsize=512)
def stripped(word: str) -> str:
    """`word` as the cue words are written: folded, without what stands around it."""
    return fold(word).strip(' ."()')


def read_words(content_dir: Path) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """The words of `content/recruiter_cues.yml` by group, and the languages that have each word."""
    path = content_dir / "recruiter_cues.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    groups: dict[str, set[str]] = {name: set() for name in GROUPS}
    languages: dict[str, set[str]] = defaultdict(set)
    for language, found in (data or {}).items():
        for name, words in found.items():
            plain = {stripped(str(word)) for word in words}
            groups[name] |= plain
            for word in plain if language != ALL else ():
                languages[word].add(language)
    spoken = {word: frozenset(codes) for word, codes in languages.items()}
    return {name: frozenset(words) for name, words in groups.items()}, spoken
