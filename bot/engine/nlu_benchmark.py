"""The pipeline of config.yml on other data: `salama nlu-benchmark`."""

from __future__ import annotations

import asyncio
import csv
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.engine import runtime  # isort: skip  # must come before rasa
import rasa.model_training
from rasa.core.agent import Agent

from bot.engine.lean import leave_out_of_training
from bot.engine.training import silent
from bot.faults import Fault
from bot.knowledge.understood import FALLBACK, OUT_OF_SCOPE
from bot.settings import ROOT

runtime.quiet_logs()
leave_out_of_training()
COST = 0.002
"""Of in-scope accuracy, for which out-of-scope messages are declined; more buys little on CLINC150's validation."""


def read_labelled(path: Path) -> list[tuple[str, str]]:
    """The (text, label) rows of a CSV file; raises Fault when it is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(row["text"], row["label"]) for row in csv.DictReader(file)]
    except FileNotFoundError:
        raise Fault(f"{path} does not exist") from None
    except (KeyError, UnicodeDecodeError, csv.Error):
        raise Fault(f"{path} is no UTF-8 CSV file with the columns text and label") from None


def run(
    train_file: Path,
    test_file: Path,
    oos_label: str | None,
    validation_file: Path | None = None,
    pipeline: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Train on one file, test on the other.

    With a validation file the threshold is fixed on it: the highest that costs at most COST of the in-scope accuracy;
    otherwise it is the pipeline's own. `pipeline` is another one than config.yml's, which must not decline by itself.

    Returns the figures of docs/evaluation.md: accuracy over in-scope rows (a declined one counts as missed), recall
    over out-of-scope rows, the threshold, seconds and milliseconds, and all rows.
    """
    train_rows, test_rows = read_labelled(train_file), read_labelled(test_file)
    validation_rows = read_labelled(validation_file) if validation_file else []
    config, threshold = _config(pipeline, declines=not validation_rows)
    with tempfile.TemporaryDirectory() as directory:
        started = time.perf_counter()
        model = _train(Path(directory), config, train_rows, oos_label)
        train_seconds = time.perf_counter() - started
        agent = Agent.load(model)
        if validation_rows:
            threshold = _best_threshold(_answered(agent, validation_rows, oos_label), oos_label)
        started = time.process_time()  # one thread answers; other programs on the machine do not lengthen it
        rows = _answered(agent, test_rows, oos_label)
        ms_per_message = 1000 * (time.process_time() - started) / max(1, len(test_rows))
    if validation_rows:
        rows = [row if row["confidence"] >= threshold else {**row, "predicted": oos_label or FALLBACK} for row in rows]
    return {
        "in_scope_accuracy": _share_right([row for row in rows if row["label"] != oos_label]),
        "oos_recall": _share_right([row for row in rows if row["label"] == oos_label]),
        "threshold": round(threshold, 4),
        "train_seconds": round(train_seconds, 1),
        "ms_per_message": round(ms_per_message, 2),
        "rows": rows,
    }


def _config(pipeline: Sequence[dict[str, Any]] | None, declines: bool) -> tuple[dict[str, Any], float]:
    """Rasa's configuration and the threshold in it, 0 unless it `declines`."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    del config["importers"]
    config["pipeline"] = list(pipeline or config["pipeline"])
    threshold = 0.0
    for component in config["pipeline"]:
        if "least_confidence" in component:
            threshold = component["least_confidence"] if declines else 0.0
            component["least_confidence"] = threshold
    return config, threshold


def _train(directory: Path, config: dict[str, Any], rows: list[tuple[str, str]], oos_label: str | None) -> Path:
    examples: dict[str, list[str]] = {}
    for text, label in rows:
        examples.setdefault(OUT_OF_SCOPE if label == oos_label else _intent(label), []).append(" ".join(text.split()))
    nlu = [{"intent": label, "examples": "".join(f"- {text}\n" for text in texts)} for label, texts in examples.items()]
    (directory / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (directory / "nlu.yml").write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8"
    )
    with silent():
        model = rasa.model_training.train_nlu(str(directory / "config.yml"), str(directory / "nlu.yml"), str(directory))
    if not model:
        raise Fault("training on these examples failed")
    return Path(model)


def _answered(agent: Agent, labelled: list[tuple[str, str]], oos_label: str | None) -> list[dict[str, Any]]:
    parsed = asyncio.run(_parse(agent, [text for text, _ in labelled]))
    return [
        {"text": text, "label": label, "predicted": _label(result, oos_label), "confidence": _confidence(result)}
        for (text, label), result in zip(labelled, parsed, strict=True)
    ]


def _best_threshold(rows: list[dict[str, Any]], oos_label: str | None) -> float:
    """The highest threshold that costs at most COST of the in-scope accuracy; `rows` were answered without any."""
    right = sorted(row["confidence"] for row in rows if row["label"] != oos_label and row["predicted"] == row["label"])
    in_scope = sum(row["label"] != oos_label for row in rows)
    return float(right[min(int(COST * in_scope), len(right) - 1)]) if right else 0.0


async def _parse(agent: Agent, texts: list[str]) -> list[dict[str, Any]]:
    return [await agent.parse_message(text.lstrip("/") or "?") for text in texts]


def _intent(label: str) -> str:
    return f"label {label}".replace("/", "\u2215")


def _label(parsed: dict[str, Any], oos_label: str | None) -> str:
    name = str(parsed["intent"]["name"])
    if name in (FALLBACK, OUT_OF_SCOPE):
        return oos_label or FALLBACK
    return name.removeprefix("label ").replace("\u2215", "/")


def _confidence(parsed: dict[str, Any]) -> float:
    return round(float(parsed["intent"]["confidence"]), 4)


def _share_right(rows: list[dict[str, Any]]) -> float | None:
    return round(sum(row["predicted"] == row["label"] for row in rows) / len(rows), 4) if rows else None
