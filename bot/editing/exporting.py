"""Published revisions written to content/, so that they can be reviewed and kept in git."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bot.editing.overlay import Laid, digest, file_text, is_in_conflict, is_in_force, published
from bot.editing.tables import Act, Revision
from bot.editing.workflow import Editor, note
from bot.faults import Fault
from bot.storage.database import Database

EXPORTER = Editor("", "salama content export")


class Outcome(str, Enum):
    """What the export did with a revision. `CONFLICT`: the file was changed under it, and is left alone."""

    WRITTEN = "written"
    SAME = "same"
    CONFLICT = "conflict"
    FILE_WENT_ON = "file went on"


@dataclass(frozen=True)
class Exported:
    """One published revision and what became of it."""

    path: str
    revision_id: int
    outcome: Outcome


def conflicts(revisions: list[Laid], root: Path) -> list[Laid]:
    """The published revisions under which the file was changed: what people read is the revision."""
    return [laid for laid in revisions if is_in_conflict(laid, digest(file_text(root, laid.path)))]


def export(database: Database, root: Path, now: dt.datetime) -> list[Exported]:
    """Write every published revision to its file under `root`; each file is written whole or not at all.

    Raises:
        Fault: a file cannot be written; those before it are.
    """
    with database.reading() as session:
        revisions = published(session)
    return [Exported(laid.path, laid.id, _export(database, root, laid, now)) for laid in revisions]


def _export(database: Database, root: Path, laid: Laid, now: dt.datetime) -> Outcome:
    file_hash = digest(file_text(root, laid.path))
    if is_in_conflict(laid, file_hash):
        return Outcome.CONFLICT
    if not is_in_force(laid, file_hash):
        return Outcome.FILE_WENT_ON
    outcome = Outcome.SAME
    if file_hash != digest(laid.text):
        _write(root / laid.path, laid.text)
        outcome = Outcome.WRITTEN
    if not laid.is_exported:
        _mark(database, laid.id, now)
    return outcome


def _mark(database: Database, id: int, now: dt.datetime) -> None:
    with database.transaction() as session:
        revision = session.get(Revision, id)
        assert revision is not None
        revision.exported_at = now
        note(session, revision, Act.EXPORTED, EXPORTER, "", now)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            file.write(text)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        os.chmod(file.name, mode)
        os.replace(file.name, path)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror}") from None
