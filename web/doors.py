"""A service's doors: one for people and programs, and one for the operator on a port that nothing publishes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from web.connections import ConnectionLimits, limited_protocol


class _Beside(uvicorn.Server):
    """A server beside another one, which hears the signals."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    app: ASGIApp,
    operator: ASGIApp,
    *,
    host: str,
    port: int,
    ops_port: int,
    limits: ConnectionLimits,
    **options: Any,
) -> None:
    """Serve both until told to stop; the operator is answered first and last. `options` are uvicorn's."""
    server = uvicorn.Server(_config(app, host, port, http=limited_protocol(limits), **options))

    async def run() -> None:
        async with beside(operator, host, ops_port):
            await server.serve()

    # What a service is made of stays: no full collection of garbage walks it any more, which took a tenth of a second.
    gc.collect()
    gc.freeze()
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=server.config.get_loop_factory()) as loop:
        loop.run(run())


@contextlib.asynccontextmanager
async def beside(app: ASGIApp, host: str, port: int, **options: Any) -> AsyncIterator[uvicorn.Server]:
    """Serve an application within, beside whatever else this process does, which ends where the port is taken."""
    server = _Beside(_config(app, host, port, **{"timeout_graceful_shutdown": 1, **options}))
    task = asyncio.create_task(server.serve())
    try:
        await server.listening.wait()
        yield server
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)


def _config(app: ASGIApp, host: str, port: int, **options: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        # What a client says about the way it came is believed nowhere.
        proxy_headers=False,
        **{"log_level": "warning", **options},
    )
