"""Webhooks: verify, store, acknowledge; in that order, and nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.protocol import ChannelAdapter, Forged, Malformed, Request
from bot.gateway.intake import Intake, NotStored
from bot.gateway.metrics import Metrics

logger = logging.getLogger(__name__)
MAX_BODY = 256_000
"""Bytes of a webhook call; Telegram's longest update is about 30 kB."""
COME_AGAIN = {"retry-after": "2"}


class TooLarge(Exception):
    """The body is longer than anything a provider sends."""


class Webhooks:
    """The routes of all channels that are called.

    Args:
        base_url: the public address; signatures cover it, and no header of the request may change it.
    """

    def __init__(self, channels: Mapping[str, ChannelAdapter], base_url: str, intake: Intake, metrics: Metrics) -> None:
        self._by_path = {path: channel for channel in channels.values() for path in channel.paths}
        self._base_url, self._intake, self._metrics = base_url, intake, metrics

    def routes(self) -> list[Route]:
        """What to put on the gateway."""
        return [Route(path, self.call, methods=["POST"]) for path in self._by_path]

    async def call(self, http: HttpRequest) -> Response:
        """Answer one call: 200 once it is stored, 503 when it is to be made again."""
        started = time.perf_counter()
        channel = self._by_path[http.url.path]
        response, outcome = await self._answer(channel, http)
        self._metrics.webhook(channel.name, outcome, time.perf_counter() - started)
        return response

    async def _answer(self, channel: ChannelAdapter, http: HttpRequest) -> tuple[Response, str]:
        try:
            received = channel.receive(await self._read(http))
            outcomes = await self._intake.put(received.events) if received.events else ["ignored"]
        except Forged:
            logger.warning("forged call refused", extra={"channel": channel.name})
            return PlainTextResponse("forged", 403), "forged"
        except Malformed as error:
            logger.warning("malformed call refused", extra={"channel": channel.name, "reason": str(error)})
            return PlainTextResponse("malformed", 400), "malformed"
        except TooLarge:
            return PlainTextResponse("too large", 413), "malformed"
        except NotStored:
            return PlainTextResponse("come again", 503, COME_AGAIN), "refused"
        except ClientDisconnect:
            return PlainTextResponse("", 400), "malformed"
        return Response(received.body, media_type=received.content_type), outcomes[0]

    async def _read(self, http: HttpRequest) -> Request:
        body = bytearray()
        async for chunk in http.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise TooLarge
        query = http.scope["query_string"].decode("latin-1")
        url = f"{self._base_url}{http.url.path}{'?' + query if query else ''}"
        return Request(http.url.path, url, dict(http.headers), bytes(body))
