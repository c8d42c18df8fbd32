"""The senders: each sends some requests of its kind to the server and hands the answers to the judge."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import httpx
import websockets

from tests.api.test_operations import DOCUMENTS, SCHEMA
from tests.fuzz import mutations, places
from tests.fuzz.judging import Verdict
from tests.fuzz.operations import Operations
from tests.fuzz.people import OF_ANOTHER, Crowd
from tests.pictures import quarters, saved
from tests.transport.client import PROTOCOL

TEXTS = (
    *DOCUMENTS.values(),
    "subscription Tail { logTail(level: DEBUG) { id at message detail user { id } } }",
    """subscription Session($sessionId: ID!, $after: String) {
      sessionEvents(sessionId: $sessionId, after: $after) { __typename }
    }""",
)
PICTURE = saved(quarters(), "JPEG")
JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
LARGEST = 24 * 1024 * 1024
PIECE = 65_536


@dataclass
class Fuzzer:
    crowd: Crowd
    operations: Operations
    verdict: Verdict
    rng: Random

    async def post(self, role: str, kind: str, body: bytes, headers: dict[str, str]) -> None:
        person = self.crowd.roles[role]
        response = await self.crowd.http.post("/graphql", content=body, headers=headers | person.headers)
        self.verdict.sent(kind, len(body))
        codes = self.verdict.answer(response, (role, body), of_admin=role == "admin")
        if "UNAUTHENTICATED" in codes and role != "anonymous":
            await self.crowd.renew(role)

    def role(self) -> str:
        return self.rng.choice(tuple(self.crowd.roles))

    async def schema(self, role: str, examples: int = 1) -> None:
        for document in self.operations.documents(self.rng, examples):
            body = json.dumps({"query": document}).encode()
            await self.post(role, f"operations of the schema as {role}", body, JSON)

    async def places(self, role: str, text: str) -> None:
        for document, variables in places.requests(SCHEMA, text, self.crowd.known[-1]):
            body = json.dumps({"query": document, "variables": variables}).encode()
            await self.post(role, f"odd texts in each place as {role}", body, JSON)

    async def reads(self, role: str) -> None:
        for another in self.crowd.known[:OF_ANOTHER]:
            for document, variables in places.reads(SCHEMA, another):
                body = json.dumps({"query": document, "variables": variables}).encode()
                await self.post(role, f"reads of what is another's as {role}", body, JSON)

    async def documents(self) -> None:
        for _ in range(20):
            body = mutations.document(self.rng, TEXTS, self.crowd.known)
            await self.post(self.role(), "mutated documents", body, JSON)

    async def forms(self) -> None:
        for _ in range(5):
            await self.post(self.role(), "mutated forms", mutations.form(self.rng, PICTURE), FORM)

    async def noise(self) -> None:
        body = self.rng.randbytes(int(10 ** self.rng.uniform(0, 5)))
        await self.post(self.role(), "random bodies", body, self.rng.choice((JSON, FORM, {})))

    async def flood(self) -> None:
        """24 MB in one body, in chunks; the server says no early, and hangs up on whoever goes on regardless."""

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(LARGEST // PIECE):
                yield self.rng.randbytes(PIECE)

        person, kind = self.crowd.roles["patient"], self.rng.choice((JSON, FORM))
        self.verdict.sent("bodies of 24 MB", LARGEST)
        try:
            response = await self.crowd.http.post("/graphql", content=pieces(), headers=kind | person.headers)
        except httpx.TransportError:
            self.verdict.codes["cut off"] += 1
        else:
            self.verdict.answer(response, "24 MB", of_admin=False)

    async def frames(self) -> None:
        role = self.role()
        person = self.crowd.roles[role]
        said = [mutations.frame(self.rng, TEXTS, self.crowd.known) for _ in range(self.rng.randint(1, 12))]
        payload = {"Authorization": f"Bearer {person.token}"} if person.token else {}
        if self.rng.random() < 0.9:
            said.insert(0, json.dumps({"type": "connection_init", "payload": payload}))
        async with websockets.connect(f"ws://{self.crowd.address}/graphql", subprotocols=[PROTOCOL]) as socket:
            with suppress(websockets.ConnectionClosed):
                for frame in said:
                    await socket.send(frame)
                    self.verdict.sent("frames", len(frame))
                await self._listen(socket, said, of_admin=role == "admin")
            async with asyncio.timeout(20):
                await socket.close()
        self.verdict.closed(socket.close_code, said)

    async def _listen(self, socket: websockets.ClientConnection, said: list[str | bytes], *, of_admin: bool) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                async for heard in socket:
                    self.verdict.words(str(heard), said, of_admin=of_admin)
                    message = json.loads(heard)
                    if message["type"] in {"next", "error"}:
                        self.verdict.errors(message["payload"], said)

    async def heads(self) -> None:
        """On the wire: an answer of HTTP, or just the end of the connection."""
        sent = mutations.head(self.rng)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.crowd.server.port)
        answer = b""
        with suppress(ConnectionError, TimeoutError):
            writer.write(sent)
            if writer.can_write_eof():
                writer.write_eof()
            async with asyncio.timeout(1):
                answer = await reader.read(100_000)
        writer.close()
        self.verdict.sent("requests on the wire", len(sent))
        status = answer[9:12].decode("ascii", "replace")
        self.verdict.codes[f"{status or 'no'} on the wire"] += 1
        if status.startswith("5"):
            self.verdict.blame("a server error", sent, answer)

    def senders(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.documents, self.documents, self.forms, self.noise, self.frames, self.frames, self.heads]

    async def once(self) -> None:
        await self.rng.choice(self.senders())()
