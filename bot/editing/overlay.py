"""The published revisions as the overlay of content/, for whoever reads the content."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.editing.tables import ContentVersion, Revision, State
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reading import load
from bot.knowledge.store import KnowledgeStore
from bot.storage.database import Database

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Laid:
    """A published revision, as far as it matters to readers."""

    id: int
    path: str
    text: str
    base_hash: str
    is_exported: bool


def digest(text: str | None) -> str:
    """The SHA-256 of a file's text; empty when there is no file."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def file_text(root: Path, path: str) -> str | None:
    """The text of the file `path` under `root`; None when there is none, or it is not UTF-8."""
    try:
        return (root / path).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, UnicodeDecodeError):
        return None


def is_in_force(laid: Laid, file_hash: str) -> bool:
    """Whether the revision stands in for the file: not once the file went on from its export (an edit in git)."""
    return not laid.is_exported or file_hash in (laid.base_hash, digest(laid.text))


def is_in_conflict(laid: Laid, file_hash: str) -> bool:
    """Whether the file was changed under a revision that was not exported."""
    return not laid.is_exported and file_hash not in (laid.base_hash, digest(laid.text))


def published(session: Session) -> list[Laid]:
    """All published revisions by path."""
    query = select(Revision).where(Revision.state == State.PUBLISHED.value).order_by(Revision.path)
    return [Laid(r.id, r.path, r.text, r.base_hash, r.exported_at is not None) for r in session.scalars(query)]


def texts_in_force(revisions: Iterable[Laid], root: Path) -> dict[str, str]:
    """The texts that stand in for files under `root`, by path."""
    return {laid.path: laid.text for laid in revisions if is_in_force(laid, digest(file_text(root, laid.path)))}


def version_number(session: Session) -> int:
    """The number that grows with each publication."""
    return session.scalar(select(ContentVersion.number)) or 0


class PublishedOverlay:
    """Looks the published revisions up; while the database is away, those seen last stay in force."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database, self._root = database, root
        self._version = -1
        self._revisions: list[Laid] = []
        self._is_away = False

    def version(self) -> int:
        """See `bot.knowledge.store.Overlay`: one row is read; the texts only when it has changed."""
        try:
            with self._database.reading() as session:
                number = version_number(session)
                if number != self._version:
                    self._revisions, self._version = published(session), number
            self._is_away = False
        except SQLAlchemyError as error:
            if not self._is_away:  # once, not every two seconds
                logger.warning("published revisions cannot be looked up (%s)", type(error).__name__)
            self._is_away = True
        return self._version

    def texts(self) -> Mapping[str, str]:
        """The texts as of the last look at the version."""
        return texts_in_force(self._revisions, self._root)


def live_content(database: Database, root: Path) -> KnowledgeStore:
    """The content with its published revisions, kept fresh."""
    return KnowledgeStore(root, overlay=PublishedOverlay(database, root))


def texts_to_train_from(database_url: str, root: Path) -> dict[str, str]:
    """The texts in force; none while the database has no tables yet."""
    database = Database(database_url)
    try:
        if not inspect(database.engine).has_table(Revision.__tablename__):
            return {}
        with database.reading() as session:
            return texts_in_force(published(session), root)
    except SQLAlchemyError as error:
        logger.warning("published revisions cannot be read (%s): the files are taken as they are", type(error).__name__)
        return {}
    finally:
        database.close()


def load_content(database_url: str, root: Path) -> Knowledge:
    """The content with its published revisions, once: for training.

    Raises:
        ContentError: it does not follow the schema.
    """
    return load(root, texts_to_train_from(database_url, root))
