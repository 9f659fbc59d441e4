"""What a query holds: a phone number, licence numbers, names. Cue words of a sentence around a name are taken off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.registry import names, numbers
from bot.registry.cues import OF_FIRMS, WORD, CueWords, read_words, stripped

MAX_QUERY = 300
MAX_PARTS = 8
SENTENCE = "."
"""Stands between the names of two sentences."""
MIN_LAST = 3
"""Letters and dot of a sentence's last word, at least one more: "A." and "Dr." end none."""
LONGEST_TAIL = 4
"""Words on each side of a name's heart that may belong to it, such as "Recruitment Agency Limited"."""
_QUOTED = re.compile(r"[\"“«„]([^\"”»“]{2,120})[\"”»“]")
_AFTER_COLON = re.compile(r":\s*([^:?]{2,120})$")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


@dataclass(frozen=True)
class Part:
    """A name among several. `joint` is what stands before it: "and", a comma, `SENTENCE`; empty for the first.

    `may_be_one` tells whether such a joint stands inside names too, `is_asked` whether its sentence asks or names more.
    """

    name: str
    joint: str
    may_be_one: bool
    is_asked: bool


@dataclass(frozen=True)
class Query:
    """`name` is the name asked for; `licence` and `phone` numbers found beside or instead of it.

    `told` are the ways to cut the name out of the message that surely leave nothing of it behind: only they may be
    found valid. `is_question` tells whether words of the message ask for a licence. `parts` are the names when the
    message may name several firms. `heart` is the run of capitalised words in a name that may have caught others, to
    look for what is alike: "Moon Overseas" of "Moon Overseas 500 dollars".
    """

    text: str
    name: str
    licence: str = ""
    phone: str = ""
    told: tuple[str, ...] = ()
    is_question: bool = False
    parts: tuple[Part, ...] = ()
    heart: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look up."""
        return not (self.licence or self.phone or names.parse(self.name).key)


class Cues(CueWords):
    """Takes messages apart by the words of questions about recruiters."""

    def read(self, text: str) -> Query:
        """Take a message apart; the name may come out empty."""
        lines = "; ".join(line.strip() for line in text[:MAX_QUERY].splitlines())
        text = " ".join(text[:MAX_QUERY].split())
        rest, phone, licence = numbers.taken_out(text)
        if licence == text:
            return Query(text, text, text, told=(text,))
        if rest.isupper() and self._is_question(rest):
            rest, lines = rest.lower(), lines.lower()  # capitals tell nothing here
        telling = self._telling(rest.strip())
        is_asked_beside = telling != rest.strip() and self._is_question(rest.replace(telling, " ", 1))
        name, told = self._name(telling, is_asked_beside)
        parts = self._parts(numbers.taken_out(lines)[0])
        return Query(text, name, licence, phone, told, self._is_question(rest), parts, _heart(name))

    def _telling(self, text: str) -> str:
        """The one sentence that may hold a name, beside such as "I am in Kenya."; the whole where that is not sure."""
        sentences = self._sentences(text, self._ends_a_sentence)
        telling = [one for one in sentences if not self._names_nobody(WORD.findall(one))]
        if len(telling) > 1:
            telling = [one for one in telling if self._is_question(one)]
            if any(one.endswith("?") for one in sentences):
                telling = [one for one in telling if one.endswith("?")]  # "X called. Is it licensed? Y is good."
        return telling[0] if len(telling) == 1 else text

    def _sentences(self, text: str, ends: Callable[[str, str], bool]) -> list[str]:
        """The sentences; `ends` tells whether a word with a dot ends one before what follows: "Ltd." does not."""
        sentences = [""]
        for piece in _SENTENCE_END.split(text):
            last = sentences[-1].rpartition(" ")[2]
            if not last or last[-1] in "?!" or ends(last, piece):
                sentences.append(piece)
            else:
                sentences[-1] += f" {piece}"
        return sentences[1:]

    def _may_end_a_sentence(self, word: str, following: str) -> bool:
        """Whether it does, also where the dot may be of a name: only to look for several names in."""
        is_short = len(word) <= MIN_LAST or "." in word[:-1] or names.is_clear_form([stripped(word)])
        return not is_short or stripped(following.partition(" ")[0]) in self._groups["openers"]

    def _ends_a_sentence(self, word: str, following: str) -> bool:
        """Whether it surely does: before a whole question ("Is it licensed?"), or not after a word of a name."""
        if following.endswith("?") and self._asks_of_somebody_named_before(WORD.findall(following)):
            return True
        bare = stripped(word)
        if len(word) <= MIN_LAST or names.is_clear_form([bare]):
            return False
        return bare in self._groups["places"] or (
            bare not in names.FILLERS and (word[0].islower() or bare in self._all)
        )

    def _asks_of_somebody_named_before(self, words: list[str]) -> bool:
        begins = bool(words) and stripped(words[0]) in self._groups["openers"]
        return begins and self._names_nobody(words) and not any(word[:1].isupper() for word in words[1:])

    def _names_nobody(self, words: list[str]) -> bool:
        """Whether it is surely a sentence of its own: "Kenya" after "Ltd." may belong to the name."""
        bare = [stripped(word) for word in words]
        return self._all.issuperset(bare) and not self._groups["openers"].isdisjoint(bare)

    def _parts(self, text: str) -> tuple[Part, ...]:
        """The names between "and", "or", commas and sentences; empty when there is one name at most."""
        parts: dict[str, Part] = {}
        for at, sentence in enumerate(self._sentences(text, self._may_end_a_sentence)):
            pieces: list[tuple[str, list[str]]] = [(SENTENCE if at else "", [])]
            for word in re.findall(r"[,;]|[^\s,;]+", sentence):
                if word in ",;" or stripped(word) in self._groups["separators"]:
                    pieces.append((word, []))
                elif pieces[-1][1] or stripped(word) not in self._groups["openers"]:  # "Are Moon Overseas and ..."
                    pieces[-1][1].append(word)
            asks = self._is_question(sentence) or (sentence.endswith("?") and len(self._spans(sentence.split())) == 1)
            read = [(joint, *self._name(" ".join(words))) for joint, words in pieces]
            named = [(joint, max(told, key=len) if told else name) for joint, name, told in read if name]
            for joint, name in named:
                may_be_one = stripped(joint) in self._groups["connectors"] or joint in "&,"
                parts.setdefault(name, Part(name, joint, may_be_one, asks or len(named) > 1))
        return tuple(parts.values())[:MAX_PARTS] if len(parts) > 1 else ()

    def _name(self, text: str, is_asked_beside: bool = False) -> tuple[str, tuple[str, ...]]:
        """The name, and the ways to cut it out that surely leave nothing of it behind.

        Args:
            is_asked_beside: a sentence beside `text` asks: "My friend works with X. Is it licensed?"
        """
        for pattern in (_QUOTED, _AFTER_COLON):
            if found := pattern.search(text):
                before, after = (WORD.findall(side) for side in (text[: found.start()], text[found.end() :]))
                is_whole = self._stands_around_a_quotation if pattern is _QUOTED else self._stands_around
                name = found[1].strip()
                return name, (name,) if is_whole(before, after) else ()
        words = WORD.findall(text)
        spans = self._spans(words)
        if not spans:
            return "", ()
        start, end = max(spans, key=lambda span: _weight(words[span[0] : span[1]]))
        cuts = self._cuts(words, start, end)
        whole = [cut for cut in cuts if self._is_whole(words, *cut, is_asked_beside)]
        told = tuple(_joined(words[first:last]) for first, last in whole)
        return (told[0] if told else _joined(words[start:end])), told

    def _stands_around(self, before: list[str], after: list[str]) -> bool:
        """Whether only words of a question do: "Foo (trading as "Bar") Travels" is not Bar."""
        return all(stripped(word) in self._all or not stripped(word) for word in (*before, *after))

    def _stands_around_a_quotation(self, before: list[str], after: list[str]) -> bool:
        """The same where the words beside have no capital letter, which may make them words of the name."""
        while before and before[-1][:1].islower() and stripped(before[-1]) in self._groups["connectors"]:
            before = before[:-1]  # "kampuni ya "Moon Overseas"", but not "Royal and "Moon Overseas""
        follows = [stripped(word) for word in after[:2]]
        if not self._stands_around(before, after) or (len(before) > 1 and before[-1][:1].isupper()):
            return False
        doubled = len(follows) > 1 and self._groups["predicates"].issuperset(follows)
        return not doubled and not (after and after[0][:1].isupper())

    def _cuts(self, words: list[str], start: int, end: int) -> Iterator[tuple[int, int]]:
        """The span, and wider ones with the words beside it that may belong to the name; the narrowest first."""
        first, last = start, end
        while first > 0 and start - first < LONGEST_TAIL and self._may_belong(words[first - 1]):
            first -= 1
        while last < len(words) and last - end < LONGEST_TAIL and self._may_belong(words[last]):
            last += 1
        sizes = [(a, b) for a in range(first, start + 1) for b in range(end, last + 1)]
        return iter(sorted(sizes, key=lambda cut: cut[1] - cut[0]))

    def _may_belong(self, word: str) -> bool:
        """What is no cue, what somebody is ("agency"), and in capitals also other cue words: "Good Hope"."""
        return stripped(word) in self._groups["roles"] or word[:1].isupper() or stripped(word) not in self._all

    def _spans(self, words: list[str]) -> list[tuple[int, int]]:
        """Runs of words that are no cues, without connectors at their ends."""
        spans, start = [], 0
        for at in range(len(words) + 1):
            if at < len(words) and stripped(words[at]) not in self._all:
                continue
            first, last = start, at
            while first < last and stripped(words[first]) in self._groups["connectors"]:
                first += 1
            while last > first and stripped(words[last - 1]) in self._groups["connectors"]:
                last -= 1
            if first < last:
                spans.append((first, last))
            start = at + 1
        return spans

    def _is_whole(self, words: list[str], start: int, end: int, is_asked_beside: bool) -> bool:
        """Whether what stands beside the span is surely no part of the name, in a message that is surely a question."""
        if end - start == len(words):
            return True
        if not (is_asked_beside or self._is_question(" ".join([*words[:start], *words[end:]]))):
            return False
        capital = words[start][:1].isupper()
        if not self._names_nobody_else(words[:start], words[end:], capital):
            return False
        return self._stands_before(words, start) and self._stands_after(words, end, capital)

    def _names_nobody_else(self, before: list[str], after: list[str], capital: bool) -> bool:
        """Whether no word but cues follows, which may be more of the name ("moon real estate") or another one.

        Small words before a name with capital letters ("my friend works with Moon") are none of it either.
        """
        known = self._all | self._groups["connectors"] | self._groups["separators"]
        others = [word for word in before if stripped(word) not in known]
        if any(stripped(word) not in known for word in after if stripped(word)):
            return False
        return not others or (capital and all(word[:1].islower() for word in others))

    def _stands_before(self, words: list[str], start: int) -> bool:
        """Whether the word before the span is surely no part of the name."""
        if start == 0:
            return True
        word, first, capital = words[start - 1], start == 1, words[start][:1].isupper()
        small, bare = word[:1].islower(), stripped(word)
        if word.endswith("."):  # an initial
            return False
        if bare in self._groups["roles"]:
            return capital and (small or first)
        of_what = stripped(words[start - 2]) if bare in self._groups["connectors"] and not first else ""
        if of_what in self._groups["roles"] | self._groups["predicates"]:
            return capital  # "kampuni ya Moon Overseas", "the licence of Moon Overseas"
        if bare in self._groups["articles"] and bare not in self._groups["openers"]:
            asked_in = self.language(" ".join(words))
            if small:
                return asked_in is None or asked_in in self._languages[bare]
            return first and asked_in != OF_FIRMS and asked_in in self._languages[bare]
        if bare in self._groups["openers"] | self._groups["asking"]:
            return small or first
        # "is it true Moon Overseas is licensed", but not "is good moon overseas licensed"
        return small and capital and bare in self._groups["predicates"]

    def _stands_after(self, words: list[str], end: int, capital: bool) -> bool:
        """Whether the word after the span is surely no part of the name, as it may be in "moon trust licensed"."""
        if end == len(words):
            return True
        word, bare = words[end], stripped(words[end])
        following = stripped(words[end + 1]) if end + 1 < len(words) else ""
        if bare in self._groups["connectors"] | self._groups["separators"] and word.isascii():
            return self._begins_a_clause(bare, words[end + 1 :])
        if not word[:1].islower():
            return False
        in_names = bare in self._groups["in_names"] and not capital
        if bare in self._groups["predicates"]:  # "moon good?", but not "moon good licensed"
            return following not in self._groups["predicates"] and not (in_names and self._asking_words(words) > 1)
        return not in_names and bare in self._groups["openers"] | self._groups["articles"] | self._groups["asking"]

    def _begins_a_clause(self, joint: str, words: list[str]) -> bool:
        """Whether `words` behind a joining word are surely no part of a name: "Moon na halali", not "Moon e filhos"."""
        if not words or any(word[:1].isupper() and len(word) > 1 for word in words[:2]):
            return False
        first, second = stripped(words[0]), stripped(words[1]) if len(words) > 1 else ""
        if first in self._groups["predicates"]:
            return second not in self._groups["predicates"]
        spoken = self._groups["openers"] | self._groups["articles"]
        if joint not in self._groups["connectors"]:  # "or" is in no name
            return first in spoken
        if first in self._groups["articles"]:  # "for me", "and its fees", but not "and me"
            return second not in self._groups["predicates"] if second else joint not in self._groups["separators"]
        return first in spoken and second in spoken  # "and is it", but not "na wana"


def quoted(name: str) -> str:
    """A query for `name` and nothing else of it, however it sounds."""
    plain = name.replace('"', " ")
    return f'"{plain}"'


def _joined(words: list[str]) -> str:
    return " ".join(words).strip(" .'\"-")


def _heart(name: str) -> str:
    runs = re.findall(r"\b[^\W\d_]*[A-Z]\w+(?:\s+[^\W\d_]*[A-Z]\w+)+", name)
    longest = max(runs, key=len, default="")
    return "" if longest == name else longest


def _weight(span: list[str]) -> tuple[int, int]:
    """Capital letters tell a name better than length."""
    capitals = sum(word[:1].isupper() or word[:1].isdigit() for word in span)
    return capitals, sum(map(len, span))


@lru_cache(maxsize=4)
def load_cues(content_dir: Path) -> Cues:
    """What reads queries in all languages, by the words of `content/recruiter_cues.yml`."""
    return Cues(*read_words(content_dir))
