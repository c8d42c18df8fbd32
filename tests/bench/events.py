"""A hundred people online in one group, 1,000 messages of random members, sockets cut and resumed at random: whether
everybody ends with the same list, and how long a message takes from its commit to the sockets.

python -m tests.bench.events
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import asyncpg
import httpx
import orjson
import psutil
import websockets
from websockets.asyncio.client import ClientConnection

from persistence.embedded.server import start
from tests.api.client import Json, People, Person, http_client, new_key
from tests.postgres import run_sql
from tests.processes import fleet

MEMBERS = 100
MESSAGES = 1_000
PER_SECOND = 20
ONLINE_S, AWAY_S = 4.0, 1.0
"""How long a socket lives and how long its phone is away then, on average."""
PATIENCE_S = 60.0
CREATE = 'mutation($ids: [ID!]) { createGroup(name: "病区", memberIds: $ids, aiMode: OFF) { id } }'
SEND = "mutation($input: SendTextInput!) { sendText(input: $input) { message { id } } }"
NOW = "{ changes { cursor } }"
EVENTS = """subscription($after: String) { userEvents(after: $after) { __typename
  ... on MessageAdded { cursor message { id seq content senderRole createdAt sender { id nickname } } }
  ... on MembersChanged { cursor }  ... on ReadAdvanced { cursor }
} }"""
STORED = """SELECT e.transaction, e.number, m.seq, m.content, extract(epoch FROM pg_xact_commit_timestamp(e.xmin))
  FROM session_events e JOIN messages m ON m.session_id = e.session_id AND m.seq = e.seq
  WHERE e.kind = 'MESSAGE_ADDED' ORDER BY e.transaction, e.number"""


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the database has it; `committed`: seconds since 1970."""

    seq: int
    content: str
    committed: float


@dataclass(slots=True)
class Phone:
    """What one member heard, in the order of its coming, and when: `since` the socket it came by was there."""

    person: Person
    cursor: str
    heard: list[tuple[int, str]] = field(default_factory=list)
    came: list[float] = field(default_factory=list)
    since: list[float] = field(default_factory=list)
    sockets: int = 0

    def delays(self, said: Sequence[Said]) -> list[float]:
        """Seconds from commit to socket, of messages that were committed while the socket was there."""
        arrivals = zip(said, self.came, self.since, strict=True)
        return [came - one.committed for one, came, since in arrivals if since < one.committed]

    async def live(self, rng: random.Random) -> None:
        """Until everything was heard."""
        while len(self.heard) < MESSAGES:
            with suppress(TimeoutError, websockets.ConnectionClosed):
                async with asyncio.timeout(rng.expovariate(1 / ONLINE_S)), self.person.socket() as socket:
                    try:
                        await self._listen(socket)
                    finally:
                        socket.transport.abort()
            await asyncio.sleep(rng.expovariate(1 / AWAY_S))

    async def _listen(self, socket: ClientConnection) -> None:
        payload = {"query": EVENTS, "variables": {"after": self.cursor}}
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
        self.sockets += 1
        since = time.time()
        while len(self.heard) < MESSAGES:
            frame = await socket.recv()
            came = time.time()
            event = orjson.loads(frame)["payload"]["data"]["userEvents"]
            self.cursor = event["cursor"]
            if event["__typename"] == "MessageAdded":
                self.heard.append((event["message"]["seq"], event["message"]["content"]))
                self.came.append(came)
                self.since.append(since)


async def talk(people: Sequence[Person], session: str, rng: random.Random) -> None:
    """Everybody in a random order at random moments, whether their sockets are there or not."""

    async def say(person: Person, number: int) -> Json:
        given = {"sessionId": session, "text": f"第{number}条", "clientKey": new_key()}
        for _ in range(5):  # an idle connection may be closed just when it is used again: the key makes it one message
            with suppress(httpx.TransportError):
                return await person.ask(SEND, input=given)
        raise AssertionError("the server does not answer")

    async with asyncio.TaskGroup() as saying:
        for number in range(MESSAGES):
            saying.create_task(say(rng.choice(people), number))
            await asyncio.sleep(rng.expovariate(PER_SECOND))


async def gathered(port: int) -> tuple[list[Phone], float]:
    """All phones when everything was heard, and the seconds of talking."""
    async with http_client(port) as http:
        people = [await People(port, http).patient() for _ in range(MEMBERS)]
        created = await people[0].ask(CREATE, ids=[person.id for person in people[1:]])
        phones = [Phone(person, (await person.ask(NOW))["changes"]["cursor"]) for person in people]
        listening = [asyncio.create_task(phone.live(random.Random(n))) for n, phone in enumerate(phones)]
        began = time.monotonic()
        await talk(people, created["createGroup"]["id"], random.Random(5))
        seconds = time.monotonic() - began
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*listening)
    return phones, seconds


async def stored(dsn: str) -> list[Said]:
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    try:
        return [Said(row[2], row[3], float(row[4])) for row in await connection.fetch(STORED)]
    finally:
        await connection.close()


def report(phones: Sequence[Phone], said: Sequence[Said], seconds: float) -> bool:
    """Prints the figures; says whether everybody has exactly what the database has."""
    expected = [(one.seq, one.content) for one in said]
    same = sum(phone.heard == expected for phone in phones)
    turned = sum(before > after for (before, _), (after, _) in pairwise(expected))
    live = sorted(late for phone in phones for late in phone.delays(said))
    sockets = sum(phone.sockets for phone in phones)
    print(f"{len(said):,} messages in {seconds:.0f} s to {len(phones)} members over {sockets:,} sockets")
    print(f"members with exactly the list of the database, in its order: {same} of {len(phones)}")
    print(f"messages that came before one with a smaller seq: {turned}")
    print(f"from commit to socket, ms: {quantiles(live)} ({len(live):,} of {len(said) * len(phones):,} came live)")
    return same == len(phones) and sorted(one.seq for one in said) == list(range(1, MESSAGES + 1))


def quantiles(seconds: Sequence[float]) -> str:
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    parts = [f"{name} {seconds[int(len(seconds) * share)] * 1000:.1f}" for name, share in at.items()]
    return ", ".join([*parts, f"most {seconds[-1] * 1000:.1f}"])


async def measure(dsn: str, folder: Path) -> bool:
    async with fleet(folder, database_url=dsn, log_level="WARNING") as processes:
        server = await processes.start()
        process = psutil.Process(server.pid)
        idle = process.memory_info().rss
        phones, seconds = await gathered(server.port)
        used = sum(process.cpu_times()[:2])
        crowded = process.memory_info().rss
        print(f"the server: {idle >> 20} MB idle, {crowded >> 20} MB with everybody, {used:.0f} s of CPU")
        return report(phones, await stored(dsn), seconds)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Durable, as a patient's is; and it notes when each transaction was committed."""
    with start(folder) as server:
        run_sql(server, "ALTER SYSTEM SET track_commit_timestamp = on")
    with start(folder) as server:
        yield server.dsn()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wm-") as folder:
        os.chmod(folder, 0o711)
        with database(Path(folder, "data")) as dsn:
            sys.exit(not asyncio.run(measure(dsn, Path(folder))))


if __name__ == "__main__":
    main()
