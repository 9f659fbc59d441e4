"""What a query holds: a phone number, licence numbers, a name. Cue words of a sentence around a name are taken off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.registry import names, phones
from bot.registry.names import fold

MAX_QUERY = 300
_QUOTED = re.compile(r"[\"“«„]([^\"”»“]{2,120})[\"”»“]")
_AFTER_COLON = re.compile(r":\s*([^:?]{2,120})$")
_PHONE = re.compile(r"\+?\d[\d\s().-]{5,18}\d")
_NUMBER_WORDS = (
    r"(?:r\.?\s?l|ra|ln|licen[cs]e|licence|lic|licen[cç]a|leseni|num[eé]ro|n[uú]mero|namba|number|no|nr|n°|nº|#)"
)
_LICENCE = re.compile(rf"\b{_NUMBER_WORDS}[\s.:#-]*((?:[A-Za-z]{{1,5}}[\s/-]?)?\d[\w/-]*)", re.I)
_WORD = re.compile(r"[^\s?!,;:]+")


@dataclass(frozen=True)
class Query:
    """`name` is the name asked for; `licence` and `phone` numbers found beside or instead of it."""

    text: str
    name: str
    licence: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look up."""
        return not (self.licence or self.phone or names.parse(self.name).key)


class Cues:
    """Knows the words of questions about recruiters, in every language, from `content/recruiter_cues.yml`."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(fold(word) for word in words)

    def read(self, text: str) -> Query:
        """Take a message apart; the name may come out empty."""
        text = " ".join(text[:MAX_QUERY].split())
        rest, phone = text, ""
        found = _PHONE.search(text)
        if found and sum(c.isdigit() for c in found[0]) >= 7 and not _LICENCE.search(text[: found.end()]):
            phone, rest = found[0], text.replace(found[0], " ")
        licence = ""
        if found := _LICENCE.search(rest):
            licence, rest = found[1], rest.replace(found[0], " ")
        elif not phone and re.fullmatch(r"\W*[\w/-]*\d[\w/-]*\W*", rest.strip()) and not phones.looks_like_one(rest):
            licence = rest.strip()
            return Query(text, rest.strip(), licence)
        return Query(text, self._name(rest), licence, phone)

    def _name(self, text: str) -> str:
        for pattern in (_QUOTED, _AFTER_COLON):
            if found := pattern.search(text):
                return found[1].strip()
        words = _WORD.findall(text)
        spans: list[list[str]] = []
        span: list[str] = []
        for word in [*words, ""]:
            if word and fold(word).strip(".'\"()") not in self._words:
                span.append(word)
            elif span:
                spans.append(span)
                span = []
        if not spans:
            return ""
        return " ".join(max(spans, key=_weight)).strip(" .'\"-")


def _weight(span: list[str]) -> tuple[int, int]:
    """Capital letters tell a name better than length."""
    capitals = sum(word[:1].isupper() or word[:1].isdigit() for word in span)
    return capitals, sum(map(len, span))


@lru_cache(maxsize=4)
def load_cues(content_dir: Path) -> Cues:
    """The cue words of all languages."""
    path = content_dir / "recruiter_cues.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return Cues(word for words in (data or {}).values() for word in words)
