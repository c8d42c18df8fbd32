"""Servers and clients on loopback, without what only a real network needs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn

from tests.waiting import until


def plain_client(base_url: str = "", **options: Any) -> httpx.AsyncClient:
    """Reads no certificates, which takes 30 ms each time: nothing here speaks TLS."""
    return httpx.AsyncClient(base_url=base_url, trust_env=False, verify=False, **options)


@asynccontextmanager
async def listening(config: uvicorn.Config) -> AsyncIterator[int]:
    """The port of uvicorn in the loop of the tests; signals are left to pytest."""
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    ear = _ear()
    port: int = ear.getsockname()[1]
    await server.startup(sockets=[ear])
    assert not server.should_exit, "the application did not start"
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield port
    finally:
        ticking.cancel()
        await _stop(server)


def _ear() -> socket.socket:
    """Its protocol is named, as asyncio turns Nagle's algorithm off only then: each answer would wait 40 ms."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    ear.bind(("127.0.0.1", 0))
    ear.listen(512)
    return ear


async def _stop(server: uvicorn.Server) -> None:
    """As uvicorn's own `shutdown`, which waits in tenths of a second."""
    for ear in server.servers:
        ear.close()
    state = server.server_state
    for connection in list(state.connections):
        connection.shutdown()
    await until(lambda: not state.connections and not state.tasks)
    await server.lifespan.shutdown()
