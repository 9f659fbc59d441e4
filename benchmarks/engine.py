"""Salama's engine beside stock Rasa, on the same content, rules, actions and texts, in one run.

    python benchmarks/engine.py            both sides, then the table in benchmarks/RESULTS.md
    python benchmarks/engine.py SIDE DIR   one side in this process: salama or stock; DIR keeps its model

Stock is Rasa 3.6.21's default pipeline and policies (DIET, TED, UnexpecTED, memoization, rules) with its in-memory
tracker store. To its advantage it runs the actions in process and gets the texts from the same store as ours;
a stock installation does both over HTTP. Nor does it hold messages against the official lists, which ours has loaded.
"""

from __future__ import annotations

import asyncio
import csv
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = 300
EPOCHS = os.environ.get("STOCK_EPOCHS", "100")
"""Of stock's training; 100 is its default. Fewer do for speed and memory, not for its accuracy and training time."""
STOCK_CONFIG = """
recipe: default.v1
assistant_id: stock
language: en
importers: [{name: some_content.SomeContent}]
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}
- {name: DIETClassifier, epochs: EPOCHS, constrain_similarities: true}
- name: EntitySynonymMapper
- {name: ResponseSelector, epochs: EPOCHS, constrain_similarities: true}
- {name: FallbackClassifier, threshold: 0.3, ambiguity_threshold: 0.1}
policies:
- name: MemoizationPolicy
- name: RulePolicy
- {name: UnexpecTEDIntentPolicy, max_history: 5, epochs: EPOCHS}
- {name: TEDPolicy, max_history: 5, epochs: EPOCHS, constrain_similarities: true}
"""


def stock_config() -> str:
    """Stock Rasa's configuration, as YAML."""
    return STOCK_CONFIG.replace("EPOCHS", EPOCHS)


def with_tensorflow() -> None:
    """Load TensorFlow for stock, before any of our code, which would leave it out."""
    importlib.import_module("tensorflow")


def questions() -> list[dict[str, str]]:
    """The frozen questions, all languages mixed."""
    rows = []
    for path in sorted((ROOT / "evaluation").glob("frozen_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    return sorted(rows, key=lambda row: row["text"][::-1])  # mixes languages and topics, the same at every run


def rss_mb() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss / 2**20)


class Salama:
    def __init__(self, directory: Path) -> None:
        from bot.engine.assistant import Assistant
        from bot.engine.training import usable_model
        from bot.settings import load_settings

        settings = load_settings(var_dir=directory)
        self.assistant, self.states = Assistant(usable_model(settings), settings), {}
        self.assistant.warm_up()  # as an engine worker does before it is ready

    @staticmethod
    def train(directory: Path) -> None:
        from bot.engine.training import train
        from bot.settings import load_settings

        train(load_settings(var_dir=directory))

    @staticmethod
    def load_lists(directory: Path) -> None:
        """The official lists of recruiters, as `salama run` loads them: every message is held against them."""
        from bot.registry.commands import load_missing
        from bot.registry.source import load_sources
        from bot.settings import load_settings
        from bot.storage.database import Database

        settings = load_settings(var_dir=directory)
        database = Database(settings.database)
        database.migrate()
        load_missing(settings, database, load_sources(settings.content_dir))

    async def say(self, who: str, text: str) -> None:
        from bot.conversations.turn import Question

        turn = await self.assistant.answer(Question(who, "web", text, False, self.states.get(who)))
        assert turn.replies
        self.states[who] = turn.state

    async def say_all(self, said: list[tuple[str, str]]) -> None:
        """Answer messages that wait, so many at a time as an engine worker claims."""
        from bot.conversations.turn import Question
        from bot.conversations.worker import AT_A_TIME

        for at in range(0, len(said), AT_A_TIME):
            some = said[at : at + AT_A_TIME]
            self.assistant.look_ahead([Question(who, "web", text, False, None) for who, text in some])
            for who, text in some:
                await self.say(who, text)

    async def understand(self, text: str) -> str:
        return (await self.assistant.understand(text))["intent"]["name"]


class Stock:
    def __init__(self, directory: Path) -> None:
        from rasa.core.agent import Agent
        from rasa.utils.endpoints import EndpointConfig

        from bot.engine.actions_endpoint import InProcessActions

        nlg = EndpointConfig(type="bot.engine.nlg.ContentNLG")
        self.agent = Agent.load(directory / "stock.tar.gz", generator=nlg, action_endpoint=InProcessActions())

    @staticmethod
    def train(directory: Path) -> None:
        import rasa.model_training

        config = directory / "config.yml"
        config.write_text(stock_config())
        rasa.model_training.train(
            str(ROOT / "domain.yml"), str(config), [str(ROOT / "nlu_data")], str(directory), fixed_model_name="stock"
        )

    async def say(self, who: str, text: str) -> None:
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        assert await self.agent.handle_message(UserMessage(text, CollectingOutputChannel(), who)) is not None

    async def say_all(self, said: list[tuple[str, str]]) -> None:
        """Answer messages that come at once, as its server does."""
        await asyncio.gather(*(self.say(who, text) for who, text in said))

    async def understand(self, text: str) -> str:
        return (await self.agent.parse_message(text))["intent"]["name"]


async def measure(side: Salama | Stock) -> dict[str, float]:
    rows = questions()
    texts = [row["text"] for row in rows]
    for text in texts[:10]:
        await side.say("warm", text)
    figures: dict[str, float] = {}
    for clients in (1, 16):
        figures[f"messages/s, {clients} clients"] = await throughput(side, texts, clients)
    took = []
    for index in range(100):
        started = time.perf_counter()
        await side.say("long", texts[index % 10])
        took.append((time.perf_counter() - started) * 1000)
    figures["p50 ms"], figures["p99 ms"] = median(took), sorted(took)[98]
    figures["last 10 against first 10 of 100 messages"] = median(took[-10:]) / median(took[:10])
    known = set(side.assistant.agent.domain.intents if isinstance(side, Salama) else side.agent.domain.intents)
    asked = [row for row in rows if row["expected"] in known]
    right = [await side.understand(row["text"]) == row["expected"] for row in asked]
    figures["accuracy, frozen questions of trained intents"] = sum(right) / len(right)
    figures["RSS MB"] = rss_mb()
    return figures


async def throughput(side: Salama | Stock, texts: list[str], clients: int) -> float:
    started = time.perf_counter()
    for at in range(0, MESSAGES, clients):
        numbers = range(at, min(at + clients, MESSAGES))
        await side.say_all([(f"c{n % clients}-{n // 20 // clients}", texts[n % len(texts)]) for n in numbers])
    return MESSAGES / (time.perf_counter() - started)


def one_side(name: str, directory: Path) -> None:
    """Train if there is no model yet, else measure; prints the figures as JSON."""
    started = time.perf_counter()
    if name == "stock":
        with_tensorflow()
        kind: type[Salama] | type[Stock] = Stock
    else:
        kind = Salama
    if not list(directory.rglob("*.tar.gz")):
        kind.train(directory)
        figures = {"training s": time.perf_counter() - started}
        if kind is Salama:
            Salama.load_lists(directory)
    else:
        side = kind(directory)
        figures = {"start-up s": time.perf_counter() - started, **asyncio.run(measure(side))}
        figures["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n" + json.dumps(figures))


def run_side(name: str, directory: Path) -> dict[str, float]:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-W", "ignore", __file__, name, str(directory)]
    figures: dict[str, float] = {}
    for _ in ("train", "measure"):
        print(f"{name}: {_}", flush=True)
        ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
        figures |= json.loads(ran.stdout.strip().splitlines()[-1])
    return figures


def main() -> None:
    if len(sys.argv) == 3:
        one_side(sys.argv[1], Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        salama, stock = run_side("salama", Path(ours)), run_side("stock", Path(theirs))
    lines = ["| | Salama | stock Rasa | ratio |", "|---|---|---|---|"]
    lines += [f"| {k} | {salama[k]:.2f} | {stock[k]:.2f} | {salama[k] / stock[k]:.2f} |" for k in stock]
    command = f"STOCK_EPOCHS={EPOCHS} STOCK_EVERY={os.environ.get('STOCK_EVERY', '1')} make bench"
    head = f"# Engine\n\n`{command}` (2 cores, both sides in one run, one after the other):\n\n"
    text = head + "\n".join(lines) + "\n"
    results = ROOT / "benchmarks/RESULTS.md"
    _, rest = results.read_text(encoding="utf-8").split("\n# ", 1)  # the other benchmarks' sections stay
    results.write_text(f"{text}\n# {rest}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
