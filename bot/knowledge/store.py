"""The content as it stands now: read again when files or published texts change."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from bot.knowledge.knowledge import Knowledge
from bot.knowledge.reading import NOTHING, ContentError, load
from bot.storage.prepared import prepared

logger = logging.getLogger(__name__)


class Overlay(Protocol):
    """Texts that are kept elsewhere and stand in for files of content/: the published revisions."""

    def version(self) -> int:
        """A number that changes with the texts; cheap, and raises nothing."""

    def texts(self) -> Mapping[str, str]:
        """The texts by path relative to the content directory."""


class KnowledgeStore:
    """The content as it stands now: files and overlay are looked at again at most every `every_s` seconds.

    A change that breaks the schema is logged once and the last good content stays in force. At the start, texts of
    the overlay that no longer fit the files are left out, rather than answering nobody.
    """

    def __init__(self, root: Path, every_s: float = 2.0, overlay: Overlay | None = None) -> None:
        self._root = root
        self._every_s = every_s
        self._overlay = overlay
        self._stamp = self._newest()
        self._checked = time.monotonic()
        self._knowledge = _load_usable(root, self._texts())

    @property
    def current(self) -> Knowledge:
        """The newest valid content."""
        now = time.monotonic()
        if now - self._checked >= self._every_s:
            self._checked = now
            self._reload_if_changed()
        return self._knowledge

    def _texts(self) -> Mapping[str, str]:
        return self._overlay.texts() if self._overlay else NOTHING

    def _newest(self) -> tuple[int, int, int]:
        stamps = list(_stamps(self._root))
        return len(stamps), max(stamps, default=0), self._overlay.version() if self._overlay else 0

    def _reload_if_changed(self) -> None:
        stamp = self._newest()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._knowledge = load(self._root, self._texts())
            logger.info("content reloaded")
        except ContentError as error:
            logger.error("changed content is not usable, the former stays in force: %s", error)


def _stamps(directory: Path | str) -> Iterator[int]:
    """When each text under `directory` was changed; `Path.rglob` takes five times as long, every two seconds."""
    for entry in os.scandir(directory):
        if entry.is_dir():
            yield from _stamps(entry.path)
        elif entry.name.endswith(".yml"):
            yield entry.stat().st_mtime_ns


def _all_texts(root: Path, overlay: Mapping[str, str]) -> Iterator[bytes]:
    for path in sorted(root.rglob("*.yml")):
        yield from (bytes(path), path.read_bytes())
    for name in sorted(overlay):
        yield from (name.encode(), overlay[name].encode())


def _load_usable(root: Path, overlay: Mapping[str, str]) -> Knowledge:
    try:
        return prepared("content", lambda: _all_texts(root, overlay), lambda: load(root, overlay))
    except ContentError as error:
        broken = {p.file.relative_to(root).as_posix() for p in error.problems if p.file.is_relative_to(root)}
        if not broken & set(overlay):
            raise
        logger.error("published revisions that are not usable are left out: %s", error)
        return load(root, {path: text for path, text in overlay.items() if path not in broken})


_shared: dict[Path, KnowledgeStore] = {}


def share(root: Path, store: KnowledgeStore) -> None:
    """Make `store` the one of this process for the content at `root`: actions are called without arguments."""
    _shared[root] = store


def shared_store(root: Path) -> KnowledgeStore:
    """The one store of this process for the content at `root`; without an overlay when none was shared."""
    if root not in _shared:
        share(root, KnowledgeStore(root))
    return _shared[root]
