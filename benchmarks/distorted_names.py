"""Recruiters' names as people get them wrong, and names that are in no list."""

from __future__ import annotations

import random

from bot.registry import names

VOWELS = "aeiou"
PHONETIC = [
    ("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("ee", "i"), ("i", "ee"), ("oo", "u"), ("u", "oo"), ("z", "s"),
    ("s", "z"), ("y", "i"), ("ck", "k"), ("w", "v"), ("j", "g"), ("q", "k"), ("x", "ks"), ("th", "t"),
]  # fmt: skip
ACCENTS = {"a": "á", "e": "é", "i": "í", "o": "ô", "u": "ü", "c": "ç", "n": "ñ"}


def typo(name: str, rng: random.Random) -> str:
    at = rng.randrange(1, max(2, len(name) - 1))
    kind = rng.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2 and at + 1 < len(name):
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + rng.choice("abcdefghijklmnoprstuvwy") + name[at + 1 :]


def sounded(name: str, rng: random.Random) -> str:
    fits = [(old, new) for old, new in PHONETIC if old in name.lower()]
    if not fits:
        return typo(name, rng)
    old, new = rng.choice(fits)
    at = name.lower().index(old)
    return name[:at] + new + name[at + len(old) :]


def transliterated(name: str, rng: random.Random) -> str:
    spots = [i for i, c in enumerate(name) if c.lower() in VOWELS and i > 0]
    if not spots:
        return typo(name, rng)
    at = rng.choice(spots)
    return name[:at] + rng.choice([v for v in VOWELS if v != name[at].lower()]) + name[at + 1 :]


def reordered(name: str, rng: random.Random) -> str:
    words = name.split()
    turn = rng.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join(words[turn:] + words[:turn])


def run_together(name: str, rng: random.Random) -> str:
    words = name.split()
    if len(words) < 2:
        return name
    at = rng.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def other_form(name: str, rng: random.Random) -> str:
    words = [w for w in name.split() if w.lower().strip(".,()") not in ("ltd", "limited", "pvt", "co")]
    return " ".join([*words, rng.choice(["Pvt Ltd", "Limited", "Ltd.", "S.A.R.L.", "Lda", "Co. Ltd", ""])]).strip()


def filler(name: str, rng: random.Random) -> str:
    swapped = name.replace("International", "Intl").replace("Services", "Svcs")
    return swapped if swapped != name else name + rng.choice([" Manpower", " Intl", " Recruitment Services", " Agency"])


def accented(name: str, rng: random.Random) -> str:
    return "".join(ACCENTS.get(c, c) if rng.random() < 0.3 else c for c in names.fold(name) if c.isalnum() or c == " ")


KINDS = {
    "typo": typo,
    "sound": sounded,
    "transliteration": transliterated,
    "order": reordered,
    "run together": run_together,
    "legal form": other_form,
    "filler": filler,
    "accents, case": accented,
}


def unlisted(listed: list[str], keys: set[str], count: int, rng: random.Random, held_out: list[str]) -> list[str]:
    """Names that are in no list: real firms left out, listed names with a word changed, words put together anew."""
    found: list[str] = []
    while len(found) < count:
        kind, name = rng.randrange(4), rng.choice(listed)
        words = name.split()
        if kind == 0 and held_out:
            made = held_out.pop()
        elif kind == 1:
            words[rng.randrange(len(words))] = rng.choice(rng.choice(listed).split())
            made = " ".join(words)
        elif kind == 2:
            made = name + rng.choice(
                [" Overseas", " International", " Recruitment Services", " Travels", " Kenya", " Group"]
            )
        else:
            made = " ".join(rng.choice(rng.choice(listed).split()) for _ in range(rng.randrange(2, 4)))
        parsed = names.parse(made)
        if parsed.key and parsed.key not in keys:
            found.append(made)
    return found
