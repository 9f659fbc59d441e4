"""Which model is in force: the file `current` beside the models, which engine workers look at between two messages."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

CURRENT = "current"


@dataclass(frozen=True)
class Choice:
    """A model that was put in force, by its file's name.

    `previous` is the one before it, for going back. `shipped` is a hash of the files that came with Salama then:
    when those change (an upgrade, an edit in git), the choice lapses at the next start.
    """

    model: str
    previous: str | None
    shipped: str


def read_choice(models_dir: Path) -> Choice | None:
    """The choice in force; None when none was made, its file is broken, or its model is gone."""
    try:
        choice = Choice(**json.loads((models_dir / CURRENT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return choice if (models_dir / choice.model).is_file() else None


def stamp(models_dir: Path) -> tuple[int, int] | None:
    """What changes whenever a choice is made; None while there is none."""
    try:
        status = (models_dir / CURRENT).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def choose(models_dir: Path, model: str, shipped: str) -> Choice:
    """Put `model` in force, whole or not at all: a reader sees the former choice or this one."""
    former = read_choice(models_dir)
    previous = None
    if former is not None and former.shipped == shipped:
        previous = former.model if former.model != model else former.previous
    choice = Choice(model, previous, shipped)
    draft = models_dir / f"{CURRENT}.{os.getpid()}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(choice), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, models_dir / CURRENT)
    return choice


def kept(models_dir: Path) -> set[str]:
    """The names of models that must not be cleared away."""
    choice = read_choice(models_dir)
    return {name for name in (choice.model, choice.previous) if name} if choice else set()
