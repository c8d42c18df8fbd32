"""On an ASGI server that is not ours: a socket…"""

import asyncio
import json
from typing import Any

from tests.transport.toy import World, make_app
from transport.asgi import Bounds, Message

SCOPE = {
    "type": "websocket",
    "path": "/graphql",
    "headers": [],
    "subprotocols": ["graphql-transport-ws"],
    "client": ("127.0.0.1", 1),
}


class Line:
    """What an ASGI server offers: messages in, messages out. `jammed` lets no more out."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Any] = []
        self.jammed = False
        self.say_raw({"type": "websocket.connect"})

    def say_raw(self, message: Message) -> None:
        self.incoming.put_nowait(message)

    def say(self, **message: Any) -> None:
        self.say_raw({"type": "websocket.receive", "text": json.dumps(message)})

    async def send(self, message: Message) -> None:
        if self.jammed:
            await asyncio.Event().wait()
        self.sent.append(json.loads(message["text"]) if "text" in message else message)

    async def turns_until(self, sent: int) -> int:
        """How often the loop came round before this many messages were sent."""
        for turns in range(100_000):
            if len(self.sent) >= sent:
                return turns
            await asyncio.sleep(0)
        raise TimeoutError


async def test_that_does_not_read_is_left_in_time(world: World) -> None:
    line = Line()
    app = make_app(world, bounds=Bounds(send_seconds=0.2))
    running = asyncio.create_task(app(dict(SCOPE), line.incoming.get, line.send))
    line.say(type="connection_init")
    line.say(type="subscribe", id="1", payload={"query": "subscription { forever }"})
    await line.turns_until(3)
    line.jammed = True
    line.say(type="subscribe", id="2", payload={"query": "{ hello }"})
    await asyncio.wait_for(running, 5)
    assert world.open_streams == 0


async def test_that_streams_without_pause_lets_others_have_a_turn(world: World) -> None:
    line = Line()
    running = asyncio.create_task(make_app(world)(dict(SCOPE), line.incoming.get, line.send))
    line.say(type="connection_init")
    line.say(type="subscribe", id="1", payload={"query": "subscription { count(to: 1000) }"})
    assert await line.turns_until(1000) > 40
    line.say_raw({"type": "websocket.disconnect", "code": 1000})
    await running


async def test_that_talks_without_pause_lets_others_have_a_turn(world: World) -> None:
    line = Line()
    for _ in range(1000):
        line.say(type="ping")
    running = asyncio.create_task(make_app(world)(dict(SCOPE), line.incoming.get, line.send))
    assert await line.turns_until(1000) > 40
    line.say_raw({"type": "websocket.disconnect", "code": 1000})
    await running
