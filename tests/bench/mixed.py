"""A hundred people at once, as the mini-program has them: four reads of five, sends, watched replies; two processes.

python -m tests.bench.mixed
"""

import asyncio
import json
import random
import sys
from collections import defaultdict
from statistics import median, quantiles
from time import perf_counter

from tests.api.client import People, Person, new_key
from tests.api.test_chat import SEND, WATCH
from tests.chaos.reciter import Reciter
from tests.chaos.town import Town, own_town, started

USERS = 100
SECONDS = 60.0
PAUSE_S = 1.0
"""Between two doings of one person, on average."""
GOALS_MS = {"reads": 200.0, "sends": 200.0, "first words": 30_000.0}
"""What the first designs asked for: HTTP and AI. A reply waits for the one before it in its conversation."""
TOKENS_PER_S = 20.0
HISTORY = (
    "query($id: ID!) { session(id: $id) { messages(last: 20) { nodes { id seq senderRole content createdAt } } } }"
)
SESSIONS = """{ me { sessions(first: 20) { nodes { id title unreadCount
  lastMessage { id content createdAt sender { id nickname } } } } } }"""
Times = dict[str, list[float]]


class Patient:
    """One phone: what it does takes so long."""

    def __init__(self, person: Person, seed: int, times: Times) -> None:
        self._person = person
        self._random = random.Random(seed)
        self._times = times
        self._session = ""
        self._reply = ""

    async def begin(self) -> None:
        """The first question and its whole answer, so that not all are answered at once when it counts."""
        await self._say(assistant="general")
        await self._watch()

    async def live(self, until: float) -> None:
        while (pause := self._random.expovariate(1 / PAUSE_S)) + perf_counter() < until:
            await asyncio.sleep(pause)
            (done,) = self._random.choices((self._read, self._send, self._watch), (80, 15, 5))
            name, took = await done()
            self._times[name].append(took * 1000)

    async def _read(self) -> tuple[str, float]:
        began = perf_counter()
        if self._random.random() < 0.5:
            await self._person.ask(HISTORY, id=self._session)
        else:
            await self._person.ask(SESSIONS)
        return "reads", perf_counter() - began

    async def _send(self) -> tuple[str, float]:
        began = perf_counter()
        await self._say(sessionId=self._session)
        return "sends", perf_counter() - began

    async def _watch(self) -> tuple[str, float]:
        """Until the first words of the last reply, from subscribing on; then to its end."""
        async with self._person.socket() as socket:
            began = perf_counter()
            payload = {"query": WATCH, "variables": {"id": self._reply}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            first = json.loads(await socket.recv())
            took = perf_counter() - began
            while first["type"] == "next":
                first = json.loads(await socket.recv())
        return "first words", took

    async def _say(self, **where: str) -> None:
        given = {"text": "今天有点头晕", "clientKey": new_key()} | where
        sent = (await self._person.ask(SEND, input=given))["sendText"]
        self._session, self._reply = sent["session"]["id"], sent["reply"]["id"]


async def measured(town: Town) -> Times:
    times: Times = defaultdict(list)
    await started(town.fleet, "serve", "serve")
    patients = []
    for seed in range(USERS):
        port, client = await town.entrances.next()
        patients.append(Patient(await People(port, client).patient(), seed, times))
    await asyncio.gather(*(patient.begin() for patient in patients))
    until = perf_counter() + SECONDS
    await asyncio.gather(*(patient.live(until) for patient in patients))
    return times


def report(times: Times) -> bool:
    """Whether all of them are as quick as they should be."""
    print(f"{USERS} people, {SECONDS:.0f} s, 2 processes, replies at {TOKENS_PER_S:.0f} tokens a second")
    slow = False
    for name, found in sorted(times.items()):
        p99 = quantiles(found, n=100)[98]
        goal = GOALS_MS[name]
        slow |= p99 >= goal
        print(f"{name:12} {len(found):6}   p50 {median(found):6.1f} ms   p99 {p99:6.1f} ms   (goal < {goal:.0f})")
    return not slow


async def main() -> bool:
    with Reciter(sentences=12, tokens_per_s=TOKENS_PER_S) as vendor:
        async with own_town(vendor) as town:
            return report(await measured(town))


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
