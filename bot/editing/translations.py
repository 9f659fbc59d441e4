"""How the translations stand: what is missing, behind, drafted only, or was changed after its review."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from sqlalchemy.orm import Session

from bot.editing.in_step import MAX_KEY, Mark, Marks, observe
from bot.editing.overlay import published, texts_in_force
from bot.editing.sign_off import signatures
from bot.editing.translation_tables import SignOff
from bot.editing.units import DRAFTED, REVIEWED, FileTexts, Unit, all_texts
from bot.knowledge.knowledge import Knowledge
from bot.storage.database import Database


class Need(str, Enum):
    """What a text needs. `LAPSED`: it was changed after a native reader had signed it off."""

    MISSING = "missing"
    BEHIND = "behind"
    LAPSED = "lapsed"
    DRAFTED = "drafted"


@dataclass(frozen=True)
class FileState:
    """One file in one language: how many of its texts are missing or behind, and how its review stands."""

    path: str
    language: str
    needs: Mapping[Need, int]
    signed: SignOff | None = None
    behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """All texts with their marks and signatures."""

    files: Mapping[str, FileTexts]
    marks: Marks
    signed: Mapping[tuple[str, str], SignOff] = field(default_factory=dict)

    def mark(self, unit: Unit, language: str) -> Mark | None:
        """The mark of a text; None when the language lacks it."""
        return self.marks.get((unit.path, unit.key[:MAX_KEY]), {}).get(language)

    def state(self, path: str, language: str) -> FileState:
        """How `path` stands in `language`."""
        file = self.files[path]
        needs: Counter[Need] = Counter()
        behind: dict[str, None] = {}
        for unit in file.units:
            mark = self.mark(unit, language)
            if language not in unit.texts:
                needs[Need.MISSING] += unit.is_needed()
            elif mark is not None and mark.behind:
                needs[Need.BEHIND] += 1
                behind |= dict.fromkeys(mark.behind)
        signed = self.signed.get((path, language))
        if file.states.get(language) == DRAFTED:
            needs[Need.DRAFTED] += 1
        elif file.states.get(language) == REVIEWED and signed and signed.text_hash != file.hash_of(language):
            needs[Need.LAPSED] += 1
        return FileState(path, language, {need: count for need, count in needs.items() if count}, signed, tuple(behind))

    def states(self, language: str) -> list[FileState]:
        """How every file that has texts stands in `language`."""
        return [self.state(path, language) for path, file in self.files.items() if file.units]


def standing(database: Database, root: Path, knowledge: Knowledge, now: dt.datetime) -> Standing:
    """How all translations stand now; what is in force is looked at and remembered."""
    with database.reading() as session:
        overlay, signed = _read(session, root)
    files = all_texts(root, overlay, knowledge.languages)
    return Standing(files, observe(database, files.values(), now), signed)


def _read(session: Session, root: Path) -> tuple[dict[str, str], dict[tuple[str, str], SignOff]]:
    return texts_in_force(published(session), root), signatures(session)


class TranslationWatch:
    """Looks at the texts whenever the content has changed, so that no change is mistaken for one with the next."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database, self._root = database, root
        self._seen: Knowledge | None = None

    def look(self, knowledge: Knowledge, now: dt.datetime) -> None:
        """Remember the texts if `knowledge` is another than at the last look."""
        if knowledge is not self._seen:
            standing(self._database, self._root, knowledge, now)
            self._seen = knowledge
