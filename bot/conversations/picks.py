"""Digits: the way in which everything can be done on a feature phone."""

from __future__ import annotations

from bot.knowledge.words import plain

NUMBER_WORDS = {
    *("no", "nr", "n", "number", "option", "choice", "choose"),
    *("numero", "choix", "opcao", "escolha"),
    *("namba", "nambari", "chaguo", "nachagua"),
}
"""Words that people put before a digit, in our languages, plain."""


def picked_number(text: str) -> int | None:
    """The number of at most two digits that `text` is and nothing else: "2", "2.", "#2", "2️⃣", "number 2", "no 2"."""
    words = plain(text).split()
    if not words or len(words) > 2 or not words[-1].isdecimal() or len(words[-1]) > 2:
        return None
    return int(words[-1]) if len(words) == 1 or words[0] in NUMBER_WORDS else None
