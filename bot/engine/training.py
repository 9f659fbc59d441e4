"""Training, only when something that was trained from has changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.faults import Fault

from bot.engine import runtime  # isort: skip  # must come before rasa
from bot.conversations.claims import is_alive
from bot.editing.overlay import texts_to_train_from
from bot.engine.lean import leave_out_of_training
from bot.engine.nlu.encoder import encoder_fingerprint
from bot.knowledge.reading import load
from bot.settings import ROOT, Settings
from bot.teaching import choice

TRAINED_FROM = (
    "nlu_data",
    "config.yml",
    "domain.yml",
    "bot/engine/nlu",
    "bot/engine/importer.py",
    "bot/knowledge/words.py",
)
KEPT_MODELS = 3


class TrainingError(Fault):
    """Training failed; the message says why."""


def fingerprint(settings: Settings) -> str:
    """A hash of everything that a model is trained from, published revisions too."""
    digest = hashlib.sha256(encoder_fingerprint().encode())
    for name, content in _sources(settings):
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def fresh_model(settings: Settings) -> Path | None:
    """The model that fits what is to be trained from today, if there is one."""
    model = settings.models_dir / f"salama-{fingerprint(settings)}.tar.gz"
    return model if model.is_file() else None


def newest_model(settings: Settings) -> Path | None:
    """The model trained last, fresh or not."""
    models = sorted(settings.models_dir.glob("salama-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1] if models else None


def shipped_fingerprint(settings: Settings) -> str:
    """A hash of the files that a model is trained from, without what editors published in the console."""
    digest = hashlib.sha256(encoder_fingerprint().encode())
    for root in (settings.content_dir, *(ROOT / name for name in TRAINED_FROM)):
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.suffix in (".yml", ".py") and path.parent.name != "console":
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def chosen_model(settings: Settings) -> Path | None:
    """The model that was put in force, unless what came with Salama has changed since: then it may not fit."""
    chosen = choice.read_choice(settings.models_dir)
    if chosen is None or chosen.shipped != shipped_fingerprint(settings):
        return None
    return settings.models_dir / chosen.model


def put_in_force(settings: Settings, model: Path) -> None:
    """Let `model` answer from now on, without comparing it: engine workers change over by themselves."""
    choice.choose(settings.models_dir, model.name, shipped_fingerprint(settings))


def usable_model(settings: Settings) -> Path:
    """The model that was put in force, or the fresh one, or the one trained last.

    An edited question must not stop the service.

    Raises:
        TrainingError: there is none.
    """
    model = chosen_model(settings) or fresh_model(settings) or newest_model(settings)
    if model is None:
        raise TrainingError(f"there is no trained model in {settings.models_dir}: run `salama train`")
    return model


def train(settings: Settings) -> Path:
    """Train a model; it appears in the models' directory only when it is whole.

    Raises:
        ContentError: content/ cannot be used.
        TrainingError: Rasa refused the data.
    """
    load(settings.content_dir, texts_to_train_from(settings.database, settings.content_dir))
    import rasa.model_training  # a process that only looks for a model need not wait for it

    leave_out_of_training()
    runtime.quiet_logs()
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    target = settings.models_dir / f"salama-{fingerprint(settings)}.tar.gz"
    _clear_what_the_dead_left(settings.models_dir)
    with tempfile.TemporaryDirectory(dir=settings.models_dir, prefix=f"training-{os.getpid()}-") as directory, silent():
        try:
            result = rasa.model_training.train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "nlu_data")],
                output=directory,
                fixed_model_name="model",
                force_training=True,
            )
        except (Exception, SystemExit) as error:  # Rasa raises many kinds, and exits on invalid data
            raise TrainingError(f"training failed: {_root(error)}") from error
        if not result.model:
            raise TrainingError(f"training failed with code {result.code}")
        os.replace(result.model, target)
    os.utime(target)
    kept = choice.kept(settings.models_dir)
    for old in sorted(settings.models_dir.glob("salama-*.tar.gz"), key=lambda p: p.stat().st_mtime)[:-KEPT_MODELS]:
        if old.name not in kept:
            old.unlink()
    return target


def _clear_what_the_dead_left(models_dir: Path) -> None:
    """Remove the half-made models of trainings that were killed."""
    for directory in models_dir.glob("training-*-*"):
        if not is_alive(int(directory.name.split("-")[1])):
            shutil.rmtree(directory, ignore_errors=True)


def _root(error: BaseException) -> BaseException:
    """What Rasa's own exceptions are wrapped around."""
    return _root(error.__cause__) if error.__cause__ else error


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Hide Rasa's progress bars while the block runs; commands show their own."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def _sources(settings: Settings) -> Iterator[tuple[str, bytes]]:
    root = settings.content_dir
    overlay = texts_to_train_from(settings.database, root)
    for path in sorted({*root.rglob("*.yml"), *(root / name for name in overlay)}):
        if path.parent.name == "console":  # the staff's own pages
            continue
        laid_over = overlay.get(path.relative_to(root).as_posix())
        yield path.name, path.read_bytes() if laid_over is None else laid_over.encode()
    for source in (ROOT / name for name in TRAINED_FROM):
        files = [source] if source.is_file() else sorted(source.rglob("*"))
        yield from ((path.name, path.read_bytes()) for path in files if path.suffix in (".yml", ".py"))
