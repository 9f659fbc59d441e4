"""Understanding on CLINC150: Salama's pipeline beside stock Rasa's, trained and tested alike in one run.

    PYTHONPATH=. python benchmarks/nlu.py DIR          both, then the table for benchmarks/RESULTS.md on stdout
    PYTHONPATH=. python benchmarks/nlu.py DIR SIDE     one in this process: salama or stock; figures as JSON

DIR holds train.csv, val.csv and test.csv (text, label) with CLINC150's published split; `oos` labels what is out
of scope. Both learn the out-of-scope examples as a label of their own, and the threshold of both is fixed on val.csv by
the same rule. STOCK_EPOCHS are DIET's (100 in the configuration that `rasa init` writes).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from benchmarks.engine import EPOCHS, stock_config, with_tensorflow

LEFT_OUT = ("EntitySynonymMapper", "ResponseSelector", "FallbackClassifier")
"""Of stock's pipeline: what is for entities and responses, and what declines at a threshold of its own."""


def stock_pipeline() -> list[dict[str, Any]]:
    """Stock Rasa's components that understand."""
    return [part for part in yaml.safe_load(stock_config())["pipeline"] if part["name"] not in LEFT_OUT]


def measure(directory: Path, side: str) -> dict[str, Any]:
    """The figures of `bot.engine.nlu_benchmark.run`, without its rows."""
    if side == "stock":
        with_tensorflow()
    from bot.engine.nlu_benchmark import run

    train, validation, test = (directory / f"{name}.csv" for name in ("train", "val", "test"))
    figures = run(train, test, "oos", validation, stock_pipeline() if side == "stock" else None)
    del figures["rows"]
    return figures


def main(directory: str) -> None:
    """Each side in a process of its own, one after the other."""
    figures = {}
    for side in ("salama", "stock"):
        command = [sys.executable, "-W", "ignore", __file__, directory, side]
        figures[side] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
        print(side, figures[side], file=sys.stderr, flush=True)
    print(f"| | Salama | stock Rasa, {EPOCHS} epochs |\n|---|---|---|")
    for name, value in figures["salama"].items():
        print(f"| {name} | {value} | {figures['stock'][name]} |")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2])))
    else:
        main(sys.argv[1])
