"""What all chat stand-ins share: how to behave in the next answer, and the ways an answer can go wrong."""

import asyncio
import json
import random
import re
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, ClassVar

from tests.standins.base import StandIn, paced
from tests.standins.http import Exchange, Request


class Fault(Enum):
    """By hand: write `fault:cut` into the message. `Manner.after` says after how many pieces of text it strikes."""

    NONE = "none"
    HANG = "hang"
    "silent before the headers"
    STATUS = "status"
    "`Manner.status` with the vendor's own error document"
    HTML = "html"
    "`Manner.status` with a web page"
    GARBAGE = "garbage"
    "no HTTP at all"
    EMPTY_BODY = "empty_body"
    "200 and nothing"
    STALL = "stall"
    "silent in the middle"
    DRIP = "drip"
    "keep-alives for ever"
    CUT = "cut"
    RESET = "reset"
    ERROR_EVENT = "error_event"
    "an error inside the stream of a 200"
    BROKEN_EVENT = "broken_event"
    "half a JSON object as an event"
    NO_END = "no_end"
    "the body ends in order, but without any end mark"
    NO_TEXT = "no_text"
    "a normal end without a word"
    NODE_ERROR = "node_error"
    "FastGPT only: a node failed, nothing is said, the end is normal"


@dataclass(frozen=True)
class Manner:
    """How one question is answered; the default is a vendor in good health."""

    text: str | None = None
    "None: something that repeats the question"
    piece: int = 2
    "characters in one delta"
    utf16: bool = False
    "deltas cut as JavaScript does it: the two halves of an emoji may come apart"
    tokens_per_s: float = 0.0
    "0: as fast as the socket takes them"
    first_token_s: float = 0.0
    reasoning: str = ""
    line_end: str = "\n"
    cut_seed: int | None = None
    "not None: the bytes go out cut at random places, in the middle of characters too"
    keep_alive_s: float = 0.0
    "while waiting for the first token"
    unknown_events: bool = False
    streams: bool = True
    "False: a JSON document although a stream was asked for"
    fault: Fault = Fault.NONE
    after: int = 3
    status: int = 500
    message: str = ""
    "the error's words; empty: the vendor's usual ones"
    retry_after: str = ""
    drip_s: float = 0.02
    quotes: tuple[dict[str, Any], ...] = ()
    "FastGPT only"


class Broken(Exception):
    """The answer ends here, by the fault of its manner."""


class ChatStandIn(StandIn):
    """Answers by the next scripted manner, else by `manner`."""

    key: ClassVar[str]

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.manner = Manner()
        self.script: deque[Manner] = deque()
        self.sent: list[str] = []
        "the text of each answer, as far as it was sent"

    @property
    def base_url(self) -> str:
        """What an admin would paste."""
        raise NotImplementedError

    def vendor_error(self, status: int, message: str) -> dict[str, Any]:
        """The vendor's error document."""
        raise NotImplementedError

    def error_event(self, manner: Manner) -> bytes:
        raise NotImplementedError

    def next_manner(self, asked: str) -> Manner:
        manner = self.script.popleft() if self.script else self.manner
        named = re.search(r"fault:(\w+)", asked)
        return replace(manner, fault=Fault(named[1])) if named else manner

    async def misbehave(self, exchange: Exchange, manner: Manner) -> bool:
        """Faults that leave no stream to speak of; False when there are none."""
        match manner.fault:
            case Fault.HANG:
                await exchange.hang()
            case Fault.STATUS:
                await self.refuse_call(exchange, manner.status, manner)
            case Fault.HTML:
                page = b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"
                await exchange.answer(manner.status, page, {"Content-Type": "text/html"})
            case Fault.GARBAGE:
                await exchange.raw(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
                await exchange.cut()
            case Fault.EMPTY_BODY:
                await exchange.answer(200)
            case _:
                return False
        return True

    async def refuse_call(self, exchange: Exchange, status: int, manner: Manner) -> None:
        headers = {"Retry-After": manner.retry_after} if manner.retry_after else {}
        await exchange.answer_json(status, self.vendor_error(status, manner.message), headers)

    async def pieces(
        self, exchange: Exchange, manner: Manner, text: str, keep_alive: bytes = b": keep-alive\n\n"
    ) -> AsyncIterator[str]:
        """The text in pieces at the manner's pace, until its fault strikes. Raises Broken."""
        self.sent.append("")
        await self._first_wait(exchange, manner, keep_alive)
        wait = paced(manner.tokens_per_s)
        pieces = [*cut(text, manner.piece, utf16=manner.utf16), ""]
        struck_at = min(manner.after, len(pieces) - 1)
        for count, piece in enumerate(pieces):
            if count == struck_at:
                await self._strike(exchange, manner, keep_alive)
            await asyncio.sleep(wait(count))
            if piece:
                yield piece
                self.sent[-1] += piece

    async def _first_wait(self, exchange: Exchange, manner: Manner, keep_alive: bytes) -> None:
        left = manner.first_token_s
        while manner.keep_alive_s and left > 0:
            await exchange.send(keep_alive)
            await asyncio.sleep(min(manner.keep_alive_s, left))
            left -= manner.keep_alive_s
        await asyncio.sleep(max(left, 0))

    async def _strike(self, exchange: Exchange, manner: Manner, keep_alive: bytes) -> None:
        match manner.fault:
            case Fault.STALL:
                await exchange.hang()
            case Fault.DRIP:
                while True:
                    await exchange.send(keep_alive)
                    await asyncio.sleep(manner.drip_s)
            case Fault.CUT | Fault.RESET:
                await exchange.cut(reset=manner.fault is Fault.RESET)
                raise Broken
            case Fault.ERROR_EVENT:
                await exchange.send(self.error_event(manner))
                raise Broken
            case Fault.BROKEN_EVENT:
                await exchange.send(b'data: {"choices":[{"delta":{"content":"\n\n')


class EventWriter:
    """Puts events on the wire: this line end, these cuts."""

    def __init__(self, exchange: Exchange, manner: Manner, colon: str = ": ") -> None:
        self._exchange = exchange
        self._end = manner.line_end
        self._colon = colon
        self._random = None if manner.cut_seed is None else random.Random(manner.cut_seed)

    async def event(self, data: object, name: str = "") -> None:
        """`data`: a str goes out as it is, anything else as JSON."""
        text = data if isinstance(data, str) else js_json(data)
        lines = ([f"event{self._colon}{name}"] if name else []) + [f"data{self._colon}{text}", "", ""]
        await self.bytes(self._end.join(lines).encode())

    async def bytes(self, data: bytes) -> None:
        for part in [data] if self._random is None else _random_parts(data, self._random):
            await self._exchange.send(part)


def _random_parts(data: bytes, chance: random.Random) -> Iterator[bytes]:
    while data:
        size = chance.randint(1, 40)
        yield data[:size]
        data = data[size:]


def cut(text: str, size: int, *, utf16: bool = False) -> list[str]:
    """Pieces of `size` characters, or of `size` UTF-16 units, which may be lone surrogates."""
    units = re.findall("..", text.encode("utf-16-be").hex()) if utf16 else []
    whole = "".join(chr(int(high + low, 16)) for high, low in zip(units[::2], units[1::2], strict=True))
    source = whole if utf16 else text
    return [source[start : start + size] for start in range(0, len(source), size)]


def js_json(value: object) -> str:
    """As JavaScript writes JSON: compact, unescaped but for lone surrogates."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key if scheme == "Bearer" else ""


def words_of(message: dict[str, Any]) -> str:
    """The text of an OpenAI-shaped message."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content or [] if part["type"] == "text")


def images_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return [part["image_url"] for part in content if part["type"] == "image_url"] if isinstance(content, list) else []


def repeated(name: str, asked: str, turns: int) -> str:
    """An answer that shows what was understood."""
    return f"我是{name}的替身，不是真正的模型。您刚才说：“{asked}”。这次一共收到 {turns} 条消息。😀"
