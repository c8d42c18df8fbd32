"""A plain client of graphql-transport-ws, which can also say what it must not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")


class Client:
    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, identifier: str | None = None, payload: Any = None) -> None:
        message = {"type": kind, "id": identifier, "payload": payload}
        await self.socket.send(json.dumps({key: value for key, value in message.items() if value is not None}))

    async def subscribe(self, identifier: str, query: str, **more: Any) -> None:
        await self.say("subscribe", identifier, {"query": query, **more})

    async def hear(self) -> Any:
        async with asyncio.timeout(5):
            return json.loads(await self.socket.recv())

    async def closed(self) -> tuple[int, str]:
        async with asyncio.timeout(5):
            await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code, self.socket.close_reason or ""


@asynccontextmanager
async def raw(address: str, **options: Any) -> AsyncIterator[Client]:
    async with websockets.connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL], **options) as socket:
        yield Client(socket)


@asynccontextmanager
async def connected(address: str, token: str | None = None) -> AsyncIterator[Client]:
    async with raw(address) as client:
        await client.say("connection_init", payload={"Authorization": token} if token else None)
        assert (await client.hear())["type"] == "connection_ack"
        yield client
