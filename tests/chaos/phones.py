"""Mini-programs on bad lines: they enter by any process, are cut off at random, and go on from where they were."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

import httpx
import websockets

from tests.api.client import Json, People, Person, http_client, new_key
from tests.api.test_chat import SEND, WATCH
from tests.processes import Fleet

PAUSE_S = 0.1
PATIENCE_S = 10.0
"""With one process; a watch is asked for anew after this silence."""
HISTORY = "query($id: ID!) { session(id: $id) { lastSeq messages { nodes { seq content state } } } }"
LINE_BROKE = (OSError, TimeoutError, EOFError, httpx.TransportError, websockets.WebSocketException)


class Mistake(Exception):
    """Something that no bad line explains."""


@dataclass(slots=True)
class Heard:
    """A reply, as somebody put it together."""

    asked: str
    session: str = ""
    reply: str = ""
    text: str = ""
    cursor: str | None = None
    end: Json | None = None
    resets: int = 0
    entries: int = 0
    heard_at: float = field(default_factory=monotonic)
    first_word_s: float = 0.0
    longest_silence_s: float = 0.0
    history: list[tuple[int, str]] = field(default_factory=list)
    mistake: str = ""

    def hear(self, event: Json) -> None:
        """Raises Mistake when text and position disagree."""
        match event["__typename"]:
            case "ReplyDelta":
                self.text += event["text"]
            case "ReplyReset":
                self.text = event["text"]
                self.resets += 1
            case _:
                self.end = event
        self.cursor = event["cursor"]
        silence_s, self.heard_at = monotonic() - self.heard_at, monotonic()
        if self.first_word_s:
            self.longest_silence_s = max(self.longest_silence_s, silence_s)
        else:
            self.first_word_s = silence_s
        position = int(event["cursor"].split(":")[1])
        if position != len(self.text) + (self.end is not None):
            raise Mistake(f"position {position} after {len(self.text)} characters")

    @property
    def state(self) -> str:
        if self.end is None:
            return "NOTHING"
        return str(self.end["message"]["state"]) if "message" in self.end else "FAILED"


class Entrances:
    """The ways into a fleet, in turn. `refusals` counts what was answered instead of what was asked for."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._turn = count()
        self._clients: dict[int, httpx.AsyncClient] = {}
        self.refusals: Counter[str] = Counter()

    async def next(self) -> tuple[int, httpx.AsyncClient]:
        while not (serving := self._fleet.serving):  # noqa: ASYNC110 another process's doing
            await asyncio.sleep(PAUSE_S)
        port = serving[next(self._turn) % len(serving)].port
        if port not in self._clients:
            self._clients[port] = http_client(port)
        return port, self._clients[port]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()


class Phone:
    """Somebody's, cut off after `patience` events on average."""

    def __init__(self, entrances: Entrances, token: str, seed: float, patience: float) -> None:
        self._entrances = entrances
        self._token = token
        self._random = random.Random(seed)
        self._patience = patience

    @classmethod
    async def registered(cls, entrances: Entrances, seed: float, patience: float) -> "Phone":
        person = await People(*await entrances.next()).patient()
        assert person.token is not None
        return cls(entrances, person.token, seed, patience)

    async def converse(self, asked: str, within_s: float) -> Heard:
        """Asks, and follows the answer to its end; what is wrong stands in `mistake`."""
        heard = Heard(asked)
        try:
            async with asyncio.timeout(within_s):
                await self._send(heard)
                while heard.end is None:
                    await self._follow(heard, self._random.expovariate(1 / self._patience))
                await self._read(heard)
        except Mistake as mistake:
            heard.mistake = str(mistake)
        except TimeoutError:
            heard.mistake = f"no end within {within_s:.0f} s"
        return heard

    async def _send(self, heard: Heard) -> None:
        """Again and again under one key."""
        given = {"text": heard.asked, "clientKey": new_key()}
        sent = (await self._insist(SEND, input=given))["sendText"]
        heard.session, heard.reply = sent["session"]["id"], sent["reply"]["id"]

    async def _read(self, heard: Heard) -> None:
        session = (await self._insist(HISTORY, id=heard.session))["session"]
        heard.history = [(message["seq"], message["content"]) for message in session["messages"]["nodes"]]
        if session["lastSeq"] != 2:
            raise Mistake(f"{session['lastSeq']} messages instead of 2")

    async def _insist(self, query: str, **variables: object) -> Json:
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    answer = await (await self._entrance()).send(query, **variables)
                if "errors" not in answer:
                    data: Json = answer["data"]
                    return data
                self._entrances.refusals[answer["errors"][0]["extensions"]["code"]] += 1
            except (*LINE_BROKE, ValueError) as error:
                self._entrances.refusals[type(error).__name__] += 1
            await asyncio.sleep(PAUSE_S)

    async def _follow(self, heard: Heard, events: float) -> None:
        """From the cursor on, until the line breaks or `events` came."""
        heard.entries += 1
        try:
            await self._watch(await self._entrance(), heard, events)
        except LINE_BROKE as error:
            self._entrances.refusals[type(error).__name__] += 1
            await asyncio.sleep(PAUSE_S)

    async def _entrance(self) -> Person:
        return Person(*await self._entrances.next(), self._token)

    async def _watch(self, person: Person, heard: Heard, events: float) -> None:
        async with asyncio.timeout(PATIENCE_S) as patience, person.socket() as socket:
            payload = {"query": WATCH, "variables": {"id": heard.reply, "after": heard.cursor}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            while heard.end is None and events > 0:
                message = json.loads(await socket.recv())
                if message["type"] != "next" or "errors" in message["payload"]:
                    raise ConnectionError(message["type"])
                heard.hear(message["payload"]["data"]["replyStream"])
                events -= 1
                patience.reschedule(asyncio.get_running_loop().time() + PATIENCE_S)
            socket.transport.abort()
