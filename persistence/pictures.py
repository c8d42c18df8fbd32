"""Strangers' pictures are cleaned in child processes, so that none can stall the loop, eat the memory or crash us.

Not `ProcessPoolExecutor`: it cannot kill a worker that hangs, one crash breaks every job in it, and its children
import the server's main module with all it knows. A child here is bare: no secrets in its environment, memory
bounded by the kernel, killed when a picture takes too long; only that picture is refused.
"""

import asyncio
import dataclasses
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import domain
from domain.errors import BadUserInput, DomainError, PayloadTooLarge
from domain.files.picture import ImageLimits, Picture

WORKER = "persistence.picture_worker"
START_S = 20.0

_REFUSALS: dict[str, type[DomainError]] = {cls.code.value: cls for cls in (BadUserInput, PayloadTooLarge)}


class PicturePool:
    """Children start when first needed; further pictures wait for a free one."""

    def __init__(self, workers: int = 2, timeout_s: float = 20.0) -> None:
        self._timeout_s = timeout_s
        self._free: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        for _ in range(workers):
            self._free.put_nowait(None)
        self._children: set[Process] = set()

    async def clean(self, source: Path, target: Path, thumbnail: Path, limits: ImageLimits) -> Picture:
        """As `domain.files.images.clean`; BadUserInput also for a picture that kills its child or takes too long."""
        job = {"source": source, "target": target, "thumbnail": thumbnail, "limits": dataclasses.asdict(limits)}
        reply = await self._asked(json.dumps(job, default=str))
        if refused := reply.get("refused"):
            raise _REFUSALS[refused["code"]](refused["zh"], refused["en"], field=refused["field"])
        return Picture(**reply["picture"])

    async def aclose(self) -> None:
        for child in list(self._children):
            await self._end(child)

    async def _asked(self, line: str) -> dict[str, Any]:
        async with self._child() as child:
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await _exchange(child, line)
            except (TimeoutError, EOFError, ConnectionError):
                raise BadUserInput(
                    "图片无法处理，请换一张", "The picture could not be processed.", field="file"
                ) from None

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[Process]:
        """A free child for one exchange. It is killed after a broken one; whoever gets it next starts another."""
        child, healthy = await self._free.get(), False
        try:
            if child is None or child.returncode is not None:
                child = await self._started()
            yield child
            healthy = True
        finally:
            if child and not healthy:
                await self._end(child)
            self._free.put_nowait(child)

    async def _started(self) -> Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-W", "ignore", "-m", WORKER, env=_environment(), stdin=PIPE, stdout=PIPE
        )
        self._children.add(child)
        try:
            async with asyncio.timeout(START_S):
                await _line(child)
        except BaseException:
            await self._end(child)
            raise
        return child

    async def _end(self, child: Process) -> None:
        self._children.discard(child)
        if child.returncode is None:
            child.kill()
        await child.wait()


def _environment() -> dict[str, str]:
    """What it takes to import the same packages, and not one variable more: settings hold secrets."""
    root = str(Path(domain.__file__).parents[1])
    return {"PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])}


async def _exchange(child: Process, line: str) -> dict[str, Any]:
    if child.stdin is None:
        raise EOFError
    child.stdin.write(line.encode() + b"\n")
    reply: dict[str, Any] = json.loads(await _line(child))
    return reply


async def _line(child: Process) -> bytes:
    """Raises EOFError when the child is gone."""
    line = await child.stdout.readline() if child.stdout else b""
    if not line.endswith(b"\n"):
        raise EOFError("the picture process ended")
    return line
