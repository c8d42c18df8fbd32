"""A way to Redis that loses some of the pushes on it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class LossyWay:
    """`lost` of all pushes do not arrive; everything else does. `dropped` counts them."""

    def __init__(self, port: int, lost: float) -> None:
        self._port = port
        self._lost = lost
        self._random = random.Random(4)
        self.dropped = 0
        self.pushed = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The URL of the way."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            back, there = await asyncio.open_connection("127.0.0.1", self._port)
            both = {
                asyncio.create_task(_copy(reader, there)),
                asyncio.create_task(self._copy_some(back, writer)),
            }
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in both:
                task.cancel()
            there.close()
        writer.close()

    async def _copy_some(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                frame = await _frame(reader)
                if frame.startswith(b"*3\r\n$7\r\nmessage\r\n"):
                    self.pushed += 1
                    if self._random.random() < self._lost:
                        self.dropped += 1
                        continue
                writer.write(frame)
                await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """One value of RESP 2 (https://redis.io/docs/latest/develop/reference/protocol-spec/)."""
    head = await reader.readuntil(b"\r\n")
    kind, length = head[:1], head[1:-2]
    if kind == b"$" and length != b"-1":
        return head + await reader.readexactly(int(length) + 2)
    if kind == b"*" and length != b"-1":
        return head + b"".join([await _frame(reader) for _ in range(int(length))])
    return head
