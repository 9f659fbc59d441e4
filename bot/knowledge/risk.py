"""Weighing the answers of the risk check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.knowledge.model import RiskQuestion

HIGH_AT = 3
"""One sign of the heaviest weight, or several lighter ones, is enough for the strongest warning."""


class Risk(str, Enum):
    """How dangerous an offer looks. There is no "safe": the answers cannot show that."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class RiskVerdict:
    """The verdict with the questions that speak for it, the heaviest first."""

    risk: Risk
    signs: tuple[RiskQuestion, ...]


def weigh(questions: Sequence[RiskQuestion], answers: Mapping[str, str]) -> RiskVerdict:
    """Weigh `answers` (question id → yes, no or unsure). "Unsure" counts as a sign to clear up: medium at least."""
    risky = [q for q in questions if answers.get(q.id) == q.risky]
    unsure = [q for q in questions if answers.get(q.id) == "unsure"]
    signs = tuple(sorted(risky, key=lambda q: -q.weight)) + tuple(unsure)
    if sum(q.weight for q in risky) >= HIGH_AT:
        return RiskVerdict(Risk.HIGH, signs)
    return RiskVerdict(Risk.MEDIUM if signs else Risk.LOW, signs)
