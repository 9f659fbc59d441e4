"""Serving ASGI applications in the test's own event loop, so that real client libraries can call them."""

import asyncio
import contextlib
import random
import socket

import uvicorn

PORTS = range(20_000, 32_000)
"""Below those that Linux gives to outgoing connections: a free one of these stays free until it is served on."""


def free_port():
    """A port on which nobody listens, nor on the next."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as one, socket.socket() as two, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            two.bind(("127.0.0.1", port + 1))
            return port


@contextlib.asynccontextmanager
async def serving(app, port=None):
    """Serve `app`; gives its address."""
    port = port or free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", ws="none", timeout_graceful_shutdown=1, access_log=False)
    )
    server.install_signal_handlers = lambda: None
    server.capture_signals = contextlib.nullcontext
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if task.done():
            task.result()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task
