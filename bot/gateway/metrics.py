"""Figures for Prometheus: what the gateway counts, and what the database says of all processes."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.conversations.tables import Direction, Message, State
from bot.storage.database import Database

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
LOOPBACK = ("127.0.0.1", "::1", "testclient")
WEB = "web"
"""Left out of the ages: its replies wait until somebody opens the page again."""
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Metrics:
    """Counts, and answers /metrics to who may see it.

    Args:
        token: whoever shows it may; None: only who calls from this machine, and not through a proxy on it.
    """

    def __init__(self, database: Database, token: str | None) -> None:
        self._token = token
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "salama_webhook_calls", "Webhook calls by outcome", ["channel", "outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "salama_webhook_seconds",
            "From call to acknowledgement",
            ["channel"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._registry.register(_Queues(database))

    def webhook(self, channel: str, outcome: str, seconds: float) -> None:
        """Count one call."""
        self._calls.labels(channel, outcome).inc()
        self._seconds.labels(channel).observe(seconds)

    def route(self) -> Route:
        """What to put on the gateway."""
        return Route("/metrics", self.show)

    async def show(self, request: Request) -> Response:
        """The figures; to others it is as if there were none."""
        if not self._may_see(request):
            return PlainTextResponse("Not Found", 404)
        return Response(
            await run_in_threadpool(generate_latest, self._registry), media_type="text/plain; version=0.0.4"
        )

    def _may_see(self, request: Request) -> bool:
        if self._token:
            shown = request.headers.get("authorization", "").encode()
            return hmac.compare_digest(shown, f"Bearer {self._token}".encode())
        through_proxy = any(header in request.headers for header in PROXY_HEADERS)
        return bool(request.client and request.client.host in LOOPBACK and not through_proxy)


class _Queues:
    """What stands in the database, looked up when asked: it knows of every process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        """The figures."""
        up = GaugeMetricFamily("salama_database_up", "Whether the database answers")
        try:
            found = list(self._look())
        except SQLAlchemyError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _look(self) -> Iterator[Metric]:
        messages = GaugeMetricFamily(
            "salama_messages", "Messages by where they stand", labels=["channel", "direction", "state"]
        )
        cut_off = GaugeMetricFamily("salama_sends_cut_off", "Sends whose end nobody heard of, so made again")
        oldest = GaugeMetricFamily(
            "salama_oldest_waiting_seconds", "Age of the oldest message in a queue", labels=["queue"]
        )
        with self._database.reading() as session:
            by = (Message.channel, Message.direction, Message.state)
            for *labels, count in session.execute(select(*by, func.count()).group_by(*by)):
                messages.add_metric(labels, count)
            cut_off.add_metric([], session.execute(select(func.coalesce(func.sum(Message.cut_off), 0))).scalar_one())
            for queue, direction, state in (
                ("inbox", Direction.IN, State.RECEIVED),
                ("outbox", Direction.OUT, State.QUEUED),
            ):
                waiting = select(Message.created_at).where(
                    Message.direction == direction.value, Message.state == state.value, Message.channel != WEB
                )
                first = session.execute(waiting.order_by(Message.id).limit(1)).scalar()
                age = (dt.datetime.now(dt.timezone.utc) - first).total_seconds() if first else 0.0
                oldest.add_metric([queue], age)
        yield from (messages, cut_off, oldest)
