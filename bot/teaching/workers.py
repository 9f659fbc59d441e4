"""What each engine worker on this machine answers with: `var/<name>.model`, written by the worker."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.conversations.claims import is_alive


@dataclass(frozen=True)
class Worker:
    """An engine worker: its process, the model it answers with, and one that it could not load, with the reason."""

    name: str
    pid: int
    model: str
    refused: str | None = None
    reason: str | None = None


def report(var_dir: Path, worker: Worker) -> None:
    """Write down what `worker` answers with."""
    draft = var_dir / f"{worker.name}.model.{worker.pid}"
    draft.write_text(json.dumps(asdict(worker)), encoding="utf-8")
    os.replace(draft, var_dir / f"{worker.name}.model")


def running(var_dir: Path) -> list[Worker]:
    """The workers that are alive, by name."""
    found = []
    for path in sorted(var_dir.glob("engine*.model")):
        try:
            worker = Worker(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # just being replaced, or not ours
            continue
        if is_alive(worker.pid):
            found.append(worker)
    return found
