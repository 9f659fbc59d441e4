"""Names of people in a text, as spans: after a cue, common ones, and what has a capital letter for no other reason.

No library finds names in Swahili or Portuguese here, and none in messages without capitals (docs/privacy.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.safety.redaction_words import Words

Span = tuple[int, int]
MAX_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_GAP = re.compile(r"[\s,:\"“”«(*_]{0,4}")
_PARTICLES = frozenset(("al", "el", "bin", "bint", "ibn", "ben", "ould", "da", "de", "do", "dos", "das", "van", "von"))


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    folded: str
    is_capital: bool


def names(text: str, folded: str, words: Words) -> Iterator[Span]:
    """Where names stand in `text`, whose folded form is `folded`."""
    capitals = _capitals_tell(text)
    found = [_word(match, text) for match in _WORD.finditer(folded)]
    by_start = {word.start: number for number, word in enumerate(found)}
    for pattern, is_sure in ((words.name, True), (words.perhaps_name, False), (words.titles, False)):
        for cue in pattern.finditer(folded):
            gap = _GAP.match(folded, cue.end())
            number = by_start.get(gap.end()) if gap else None
            if number is None or _is_of_business(folded, cue.start(), words):
                continue
            if span := _name_at(found, number, folded, words, is_sure, capitals):
                yield span
    if capitals:
        for number, word in enumerate(found):
            is_common = word.is_capital and word.folded in words.common_names
            if (is_common or _stands_out(word, folded, words)) and (
                span := _name_at(found, number, folded, words, False, capitals)
            ):
                yield span


def _stands_out(word: _Word, folded: str, words: Words) -> bool:
    """Whether the word has a capital letter within a sentence, and is no place: what is left are names and firms."""
    before = folded[max(0, word.start - 6) : word.start].rstrip(" \t\"'“«(")
    begins = not before or before[-1] in ".!?:;…\n-•"
    is_place = not {word.folded, word.folded.rstrip("s")}.isdisjoint(words.places) or word.folded in words.towns
    return word.is_capital and not begins and not is_place and len(word.folded) > 2


def _word(match: re.Match[str], text: str) -> _Word:
    said = text[match.start() : match.end()]
    is_acronym = len(said) > 1 and said.isupper()
    return _Word(match.start(), match.end(), match[0], said[0].isupper() and not is_acronym)


def _capitals_tell(text: str) -> bool:
    """Whether capital letters mean something: not in a text that shouts, or capitalises each word."""
    starts = [match[0][0] for match in _WORD.finditer(text)]
    letters = [char for char in text if char.isalpha()]
    shouts = len(letters) > 12 and sum(char.isupper() for char in letters) > 0.7 * len(letters)
    return not shouts and not (len(starts) >= 6 and sum(map(str.isupper, starts)) > 0.8 * len(starts))


def _name_at(found: list[_Word], number: int, folded: str, words: Words, is_sure: bool, capitals: bool) -> Span | None:
    """The span of the name that begins with word `number`; None when there is none."""
    first = found[number]
    if not _can_be(first, words, is_sure):
        return None
    spelled = capitals and first.is_capital
    if not spelled and not is_sure and first.folded not in words.common_names:
        return None
    row = [first]
    for word in found[number + 1 :]:
        between = folded[row[-1].end : word.start]
        if between.strip(" ") or len(between) > 2 or len(row) == MAX_WORDS:
            break
        row.append(word)
    if any(word.folded in words.business for word in _said_together(row, spelled)):
        return None
    end = _end_of_spelled(row, words) if spelled else _end_of_small(row, folded, words)
    return first.start, end


def _said_together(row: list[_Word], spelled: bool) -> list[_Word]:
    """The words that a firm's name would have: those with capitals and the one after them."""
    small = next((number for number, word in enumerate(row) if not word.is_capital), len(row))
    return row[: small + 1] if spelled else row


def _can_be(word: _Word, words: Words, is_sure: bool) -> bool:
    if word.is_capital and (word.folded in words.common_names or (is_sure and len(word.folded) > 2)):
        return word.folded not in words.business  # "Ana" is a name, whatever the word means in Swahili
    if len(word.folded) < 2 or word.folded in words.never | words.business | words.title_words:
        return False
    return is_sure or word.folded not in words.places or word.folded in words.common_names


def _end_of_spelled(row: list[_Word], words: Words) -> int:
    """Where a name with capitals ends: at the first word without one that is no "bin" or "da" before another."""
    end = row[0].end
    for number, word in enumerate(row[1:], 1):
        joins = word.folded in _PARTICLES and number + 1 < len(row) and row[number + 1].is_capital
        if not joins and (not word.is_capital or word.folded in words.never):
            break
        end = end if joins else word.end
    return end


def _end_of_small(row: list[_Word], folded: str, words: Words) -> int:
    """Where a name in small letters ends: it has a second word only if that is followed by a mark or a common word."""
    if len(row) < 2 or row[1].folded in words.never or row[1].folded in words.places:
        return row[0].end
    if len(row) == 2 or row[2].folded in words.never:
        return row[1].end
    return row[0].end


def _is_of_business(folded: str, start: int, words: Words) -> bool:
    """Whether the words before a cue speak of a firm: "the agency is called"."""
    before = _WORD.findall(folded[max(0, start - 30) : start])[-2:]
    return any(word in words.business for word in before)
