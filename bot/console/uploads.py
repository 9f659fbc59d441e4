"""A file that came through the browser, as a temporary file that is gone when it was looked at."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from bot.console.visit import Visit

T = TypeVar("T")
MAX_NAME = 120


async def with_upload(visit: Visit, field: str, work: Callable[[Path], T]) -> T | None:
    """`work(path)` in a thread, on the file posted as `field`; None when none was posted.

    The file keeps its own name, for a list's date stands in there, but no folder of it. How long it may be is the
    page's `max_body`; what is longer than a megabyte was never in memory.
    """
    upload = visit.form.get(field)
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    name = safe_name(upload.filename)

    def run() -> T:
        with tempfile.TemporaryDirectory(prefix="salama-upload-") as folder:
            path = Path(folder) / name
            with path.open("wb") as file:
                shutil.copyfileobj(upload.file, file)
            return work(path)

    try:
        return await run_in_threadpool(run)
    finally:
        await upload.close()


def safe_name(name: str) -> str:
    """The last part of a file's name as the browser gave it, fit for any file system."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c if c.isalnum() or c in " ._-()+," else "_" for c in last).strip(" .")
    return kept.encode("ascii", "replace").decode().replace("?", "_")[-MAX_NAME:] or "list"
