"""Polling: asking a provider for what came in, when it has no address to call; only what is stored is confirmed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from bot.channels.protocol import DeliveryError, Event, PollingAdapter

logger = logging.getLogger(__name__)
WAIT_S = 2.0


async def poll(
    channel: PollingAdapter, store: Callable[[Sequence[Event]], Awaitable[object]], stop: asyncio.Event
) -> None:
    """Fetch and store until `stop` is set.

    Args:
        store: returns once the events are on disk, or raises; then they are fetched again.
    """
    after = 0
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        fetching = asyncio.create_task(channel.fetch(after))
        await asyncio.wait([fetching, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not fetching.done():
            fetching.cancel()
            break
        try:
            events, newest = fetching.result()
            if events:
                await store(events)
            after = newest
        except Exception as error:  # the provider or the database is gone: it is fetched again
            reason = str(error) if isinstance(error, DeliveryError) else type(error).__name__
            logger.error("not fetched", extra={"channel": channel.name, "reason": reason})
            await asyncio.wait([stopped], timeout=WAIT_S)
    stopped.cancel()
    await channel.close()
