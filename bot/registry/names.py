"""When two spellings are one name: folding, legal forms, fillers and trading names.

`words.yml` beside this file holds the words. `VERSION` changes with them, and stored keys are made anew.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from anyascii import anyascii
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.registry.sounds import sound

_FILE = Path(__file__).with_name("words.yml")
_WORDS: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
_RULES = (_FILE, Path(__file__), Path(__file__).with_name("sounds.py"))
VERSION = hashlib.sha256(b"".join(file.read_bytes() for file in _RULES)).hexdigest()[:12]

FILLERS = frozenset(word for row in _WORDS["fillers"] for word in row)
SHORTEST_TO_MEND = 6
_LONG_FILLERS = sorted(word for word in FILLERS if len(word) >= SHORTEST_TO_MEND)
_FORM_OF = {form: kind for kind, forms in _WORDS["legal_forms"].items() for form in forms}
_SYNONYMS = {variant: word for word, variants in _WORDS["synonyms"].items() for variant in variants}
_PREFIXES = sorted(_WORDS["prefixes"], key=len, reverse=True)
_LONGEST_PHRASE = 4
LONGEST_RUN = 8
"""Words of a name within a sentence, before its legal form."""
_COUNTRY_OF = {"u": "UG", "k": "KE", "t": "TZ"}
"""East African firms write the country's letter before the legal form: "Saracen (U) Limited"."""
_TRADING_AS = re.compile(
    r"\b(?:t\s*/\s*as?|d\s*/\s*b\s*/\s*a|trading\s+as|also\s+known\s+as|a\.?k\.?a\.?|formerly)(?=\W)", re.I
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MESSRS = re.compile(r"^\s*m\s*/\s*s\b[\s.]*")
_LETTER = re.compile(r"\(\s*([ukt])\s*\)")
"""Such a letter in brackets; any other one is of the name: "Moon (B)" is not "Moon"."""
_SYMBOLS = str.maketrans({"&": " and ", "@": " at ", "$": "s", "€": "e", "'": "", "’": "", "`": "", "‘": ""})
_TOKEN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Name:
    """A name taken apart. `words` are in order, without legal forms; `forms` are the kinds of those it carries.

    `country` is that of the letter it carries, an ISO code; empty when it carries none.
    """

    words: tuple[str, ...]
    forms: frozenset[str]
    country: str = ""

    @property
    def key(self) -> str:
        """What two spellings of one name share: the words run together."""
        return "".join(self.words)

    @property
    def spelled(self) -> str:
        """The words with single blanks."""
        return " ".join(self.words)

    def forms_agree(self, other: Name) -> bool:
        """Whether the legal forms leave room for one firm: "Ltd" and "LLC" do not."""
        return not (self.forms and other.forms) or bool(self.forms & other.forms)

    def country_agrees(self, other: Name, home: str) -> bool:
        """Whether both are of one country, which without its letter is `home`: "Saracen (K)" is none of Uganda's."""
        return (self.country or home) == (other.country or home)


def fold(text: str) -> str:
    """Lower-case ASCII: accents dropped, other scripts transliterated (anyascii), curly quotes and `$` plain."""
    text = text.translate(_SYMBOLS)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
        text = text if text.isascii() else anyascii(text)
    return text.lower()


def tokens(text: str) -> list[str]:
    """The words of any text, written as in names: folded, initials joined, one spelling for each synonym."""
    return _canonical(_join_initials(_TOKEN.findall(_LETTER.sub(" ", fold(text)))))


def is_clear_form(words: Iterable[str]) -> bool:
    """Whether words after a name begin with a legal form that nobody takes for another word, such as "Co Ltd"."""
    for word in words:
        if word in _CLEAR or word in _SLIPS:
            return True
        if _FORM_OF.get(word) != "any":
            return False
    return False


def has_clear_form(text: str) -> bool:
    """Whether `text` ends with such a legal form."""
    words = tokens(text)
    return len(words) > 1 and (words[-1] in _CLEAR or words[-1] in _SLIPS)


def with_clear_forms(text: str) -> list[str]:
    """The runs of words that end with a clear legal form inside `text`: what may be a name within a sentence."""
    words = tokens(text)
    ends = [at for at in range(1, len(words)) if words[at] in _CLEAR]
    return [" ".join(words[start : end + 1]) for end in ends for start in range(max(0, end - LONGEST_RUN), end)]


@lru_cache(maxsize=512)
def parse(text: str) -> Name:
    """Take a name apart."""
    letter = _LETTER.search(fold(text))
    name = _taken_apart(_mended_tokens(text))
    return replace(name, country=_COUNTRY_OF[letter[1]]) if letter else name


def parse_form_misspelt(text: str) -> Name | None:
    """The name without words that are one slip from a legal form, such as "Atd"; None when it has none.

    Only for looking for what is alike: what was a slip may be a word of the name.
    """
    tokens = _mended_tokens(text)
    kept = _without_form_slips(tokens)
    return _taken_apart(kept) if kept and kept != tokens else None


def _mended_tokens(text: str) -> list[str]:
    folded = _MESSRS.sub("", _LETTER.sub(" ", fold(text)))
    return _mended_start(_mended_form(_canonical(_join_initials(_TOKEN.findall(folded)))))


def _taken_apart(tokens: list[str]) -> Name:
    tokens = _without_prefix(tokens)
    words: list[str] = []
    forms: set[str] = set()
    at = 0
    while at < len(tokens):
        size = _phrase(tokens, at, _FORM_OF)
        phrase = " ".join(tokens[at : at + size])
        if (
            size
            and (at > 0 or size > 1 or phrase in _LEADING or (len(tokens) > 1 and phrase in _CLEAR))
            and (words or at + size < len(tokens))
        ):
            forms.add(_FORM_OF[phrase])
            at += size
            continue
        words.append(tokens[at])
        at += 1
    country = _COUNTRY_OF[words.pop()] if len(words) > 1 and words[-1] in _COUNTRY_OF and forms else ""
    return Name(tuple(words), frozenset(forms - {"any"}), country)


_LEADING = frozenset({"ctcp", "cty", "tnhh"})
"""Single words that are legal forms even as the first of a name, as in Vietnamese."""


_CLEAR = frozenset({"limited", "ltd", "plc", "llc", "llp", "gmbh", "sarl", "lda", "jsc", "pvt"})
"""Legal forms that nobody takes for a name, wherever they stand."""
_GLUED = re.compile(r"^(.{2,}?)(limited|ltd|company|corporation)$")
_SLIPS = frozenset({"ldt", "tld", "lt", "ltdd", "lttd", "litd"})
_LONG_FORMS = ("limited", "corporation", "company")
FORM_SLIP = 85


def _mended_form(tokens: list[str]) -> list[str]:
    """The last word, and one more before a legal form, when it is a legal form misspelt or run together with a name."""
    if len(tokens) < 2:
        glued = _GLUED.match(tokens[-1]) if tokens and tokens[-1].endswith(("limited", "ltd")) else None
        return [glued[1], glued[2]] if glued and len(glued[1]) > 2 else tokens
    if glued := _GLUED.match(tokens[-1]):
        return [*tokens[:-1], glued[1], glued[2]]
    last = _form_meant(tokens[-1])
    if last is None:
        return _glued_before(tokens)
    before = _form_meant(tokens[-2]) if len(tokens) > 2 else None
    return [*tokens[:-2], before or tokens[-2], last]


def _glued_before(tokens: list[str]) -> list[str]:
    """The same of the word before the last, when that is a form itself: "Glasgow SandwichCompany Limited"."""
    if tokens[-1] not in _FORM_OF or len(tokens) < 3:
        return tokens
    if meant := _form_meant(tokens[-2]):
        return [*tokens[:-2], meant, tokens[-1]]
    glued = _GLUED.match(tokens[-2])
    return [*tokens[:-2], glued[1], glued[2], tokens[-1]] if glued else tokens


@lru_cache(maxsize=2048)
def _form_meant(word: str) -> str | None:
    """The long legal form that `word` is a slip of, or sounds like; None for forms as they are, and for names."""
    if word in _SLIPS:
        return "limited"
    if word in _FORM_OF or len(word) < SHORTEST_TO_MEND:
        return None
    return next(
        (form for form in _LONG_FORMS if sound(word) == sound(form) or fuzz.ratio(word, form) >= FORM_SLIP), None
    )


_PHRASES = [form for form in _FORM_OF if " " in form]


def _without_form_slips(tokens: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        size = _phrase(tokens, at, _FORM_OF)
        kept += tokens[at : at + size]
        if not size:
            size = _misspelt_phrase(tokens, at)
            kept += [] if size else tokens[at : at + 1]
        at += max(size, 1)
    if len(kept) > 1 and kept[-1] not in _FORM_OF and OSA.distance(kept[-1], "ltd", score_cutoff=1) == 1:
        kept.pop()
    return kept


def _misspelt_phrase(tokens: list[str], at: int) -> int:
    """How many tokens from `at` are one slip from a legal form of several words; 0 when none are."""
    for size in range(min(_LONGEST_PHRASE, len(tokens) - at), 1, -1):
        phrase = " ".join(tokens[at : at + size])
        if any(OSA.distance(phrase, form, score_cutoff=1) == 1 for form in _PHRASES):
            return size
    return 0


_STARTS = {"congtycophan": "cong ty co phan", "congtytnhh": "cong ty tnhh", "tongcongty": "tong cong ty"}
START_SLIP = 87.0
_START_PARTS = ("phan", "tnhh", "ngty", "cong")


def _mended_start(tokens: list[str]) -> list[str]:
    """A Vietnamese name's first words, which tell the legal form, when they are misspelt or run together."""
    start = "".join(tokens[:5])
    if not any(part in start for part in _START_PARTS):
        return tokens
    if any("".join(tokens[1:size]) in _STARTS for size in range(3, 6)):
        return tokens  # nothing is misspelt: a word stands before it, as in "Al Công ty cổ phần"
    best, found = START_SLIP, tokens
    for size in range(min(5, len(tokens) - 1), 1, -1):
        joined = "".join(tokens[:size])
        for run, words in _STARTS.items():
            likeness = fuzz.ratio(joined, run)
            if abs(len(joined) - len(run)) <= 2 and likeness > best:
                best, found = likeness, [*words.split(), *tokens[size:]]
    return found


def all_names(text: str) -> list[str]:
    """The names in one cell: the whole, each side of "trading as", and without brackets; an acronym in brackets too."""
    text = " ".join(text.split())
    names = [text]
    sides = [side.strip(" ,.-") for side in _TRADING_AS.split(text)]
    if len(sides) > 1:
        names = [side for side in sides if len(parse(side).key) > 1] or names
    for name in list(names):
        inside = [found for found in _BRACKETS.findall(name) if len(parse(found).key) >= 3]
        outside = " ".join(_BRACKETS.sub(" ", name).split())
        acronyms = [found for found in inside if found.isupper() and not outside.isupper() and _is_acronym(found)]
        if acronyms:  # any other word in brackets tells firms apart: "Pearlcare (Kendal)"
            names += [outside, *acronyms]
    first, *others = names
    return list(dict.fromkeys([first, *(name for name in others if not FILLERS.issuperset(parse(name).words))]))


def _is_acronym(text: str) -> bool:
    words = parse(text).words
    return len(words) == 1 and 3 <= len(words[0]) <= 12 and words[0] not in FILLERS


@lru_cache(maxsize=2048)
def mended(word: str) -> str:
    """A filler that is misspelt, put right; any other word as it is."""
    if word in FILLERS or len(word) < SHORTEST_TO_MEND:
        return word
    close = process.extractOne(word, _LONG_FILLERS, scorer=fuzz.ratio, score_cutoff=84)
    return str(close[0]) if close else word


def core(words: Iterable[str]) -> list[str]:
    """The words that are no fillers; all of them when nothing else is left."""
    words = list(words)
    return [word for word in words if word not in FILLERS] or words


def _join_initials(tokens: list[str]) -> list[str]:
    """Single letters in a row are one word: J. A. G. → jag."""
    joined: list[str] = []
    run = False
    for token in tokens:
        single = len(token) == 1 and token.isalpha()
        if single and run:
            joined[-1] += token
        else:
            joined.append(token)
        run = single
    return joined


def _canonical(tokens: list[str]) -> list[str]:
    canonical: list[str] = []
    at = 0
    while at < len(tokens):
        size = _phrase(tokens, at, _SYNONYMS)
        if size:
            canonical.append(_SYNONYMS[" ".join(tokens[at : at + size])])
        else:
            canonical.append(tokens[at])
        at += max(size, 1)
    return canonical


def _without_prefix(tokens: list[str]) -> list[str]:
    for prefix in _PREFIXES:
        parts = prefix.split()
        if len(tokens) > len(parts) and tokens[: len(parts)] == parts:
            return tokens[len(parts) :]
    return tokens


def _phrase(tokens: list[str], at: int, known: dict[str, str]) -> int:
    """How many tokens from `at` form the longest known phrase; 0 when none does."""
    for size in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
        if " ".join(tokens[at : at + size]) in known:
            return size
    return 0
