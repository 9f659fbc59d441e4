"""Serving ASGI applications in the test's own event loop, so that real client libraries can call them."""

import asyncio
import contextlib
import socket

import uvicorn


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
