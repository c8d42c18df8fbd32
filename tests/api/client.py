"""A client as mini-programs are: GraphQL over HTTP and graphql-transport-ws, with the answers as they came."""

import dataclasses
import json
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx
import websockets
from websockets.asyncio.client import ClientConnection

from tests.loopback import plain_client

Json = dict[str, Any]
REGISTER = """mutation Register($username: String!) {
  register(input: {username: $username, password: "correct horse"}) { accessToken refreshToken user { id } }
}"""
LOGIN = """mutation Login($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken refreshToken user { id } }
}"""


@dataclass(slots=True)
class Refusal:
    """The first error of an answer."""

    code: str
    field: str | None
    message: str
    path: list[str | int] = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, answer: Json) -> Self:
        assert answer.get("errors"), f"expected a refusal, got {answer}"
        error = answer["errors"][0]
        assert error["extensions"]["requestId"]
        return cls(
            error["extensions"]["code"], error["extensions"].get("field"), error["message"], error.get("path", [])
        )


@dataclass(slots=True)
class Person:
    """Somebody with a token, or without one."""

    port: int
    http: httpx.AsyncClient
    token: str | None = None
    id: str = ""
    username: str = ""
    refresh_token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def send(self, query: str, **variables: object) -> Json:
        """The whole answer, errors and all."""
        body = {"query": query, "variables": variables}
        answer: Json = (await self.http.post("/graphql", json=body, headers=self.headers)).json()
        return answer

    async def ask(self, query: str, **variables: object) -> Json:
        """`data` of an answer without errors."""
        answer = await self.send(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: Json = answer["data"]
        return data

    async def refused(self, query: str, **variables: object) -> Refusal:
        return Refusal.of(await self.send(query, **variables))

    @asynccontextmanager
    async def socket(self) -> AsyncGenerator[ClientConnection, None]:
        """A socket after `connection_ack`."""
        url = f"ws://127.0.0.1:{self.port}/graphql"
        async with websockets.connect(
            url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")], max_queue=None
        ) as socket:
            payload = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            yield socket

    async def watch(self, query: str, **variables: object) -> AsyncGenerator[Json, None]:
        """Results of one subscription over a socket of its own, until it completes; an error is the last."""
        async with self.socket() as socket:
            payload = {"query": query, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] == "next":
                    yield message["payload"]
                elif message["type"] == "error":
                    yield {"errors": message["payload"]}
                    return
                elif message["type"] == "complete":
                    return


class People:
    """Where people come from."""

    def __init__(self, port: int, http: httpx.AsyncClient) -> None:
        self.port = port
        self._http = http

    def stranger(self) -> Person:
        return Person(self.port, self._http)

    async def patient(self) -> Person:
        """A new one, registered through the API."""
        username = f"p{uuid.uuid4().hex[:12]}"
        payload = (await self.stranger().ask(REGISTER, username=username))["register"]
        return self.signed_in(payload, username)

    async def admin(self, password: str) -> Person:
        payload = (await self.stranger().ask(LOGIN, username="admin", password=password))["login"]
        return self.signed_in(payload, "admin")

    def signed_in(self, payload: Json, username: str = "") -> Person:
        """Who holds the tokens of an AuthPayload."""
        token, refresh_token = payload["accessToken"], payload["refreshToken"]
        return Person(self.port, self._http, token, payload["user"]["id"], username, refresh_token)


def http_client(port: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None)
    return plain_client(f"http://127.0.0.1:{port}", timeout=30, limits=limits)


def new_key() -> str:
    return uuid.uuid4().hex
