"""Hostile and large pictures sent in all at once: the longest pause of the server's loop, and its peak memory.

python -m tests.bench.uploads
"""

import asyncio
import io
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from PIL import Image

from persistence.embedded.server import start
from tests.api.client import People, Person
from tests.api.keeping import parts_of, send_form
from tests.api.serving import served, settings_for
from tests.domain.test_images import HOSTILE

ROUNDS = 5
AT_ONCE = 20
PEOPLE = 20
BEAT_S = 0.002


def large() -> bytes:
    """A photo of 12 megapixels, as phones take them."""
    seed = Image.frombytes("RGB", (256, 256), os.urandom(256 * 256 * 3))
    out = io.BytesIO()
    seed.resize((4032, 3024), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


async def send_all(port: int) -> None:
    """The other side, in a process of its own."""
    pictures = [content for _, content, _ in HOSTILE] * ROUNDS + [large()] * 30
    places, codes = asyncio.Semaphore(AT_ONCE), Counter[str]()

    async def send(person: Person, content: bytes) -> None:
        async with places:
            answer = (await send_form(person, parts_of(content))).json()
        codes[answer["errors"][0]["extensions"]["code"] if "errors" in answer else "READY"] += 1

    limits = httpx.Limits(max_keepalive_connections=0)  # an idle one may be closed just when it is used again
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=120, limits=limits) as http:
        crowd = [await People(port, http).patient() for _ in range(PEOPLE)]
        sending = (send(crowd[number % PEOPLE], content) for number, content in enumerate(pictures))
        await asyncio.gather(*sending)
    print(json.dumps(codes))


@dataclass
class Watched:
    """Seconds between two beats of the loop, and how many of them its thread worked; bytes of the server."""

    pauses: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    async def watch(self) -> None:
        us = psutil.Process()
        while True:
            before, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT_S)
            self.pauses.append(time.perf_counter() - before - BEAT_S)
            self.worked.append(time.thread_time() - cpu)
            if len(self.pauses) % 50 == 1:
                self.memory.append(us.memory_info().rss)


def milliseconds(seconds: list[float]) -> str:
    late = sorted(seconds)
    return f"p99 {late[len(late) * 99 // 100] * 1000:.1f}, longest {late[-1] * 1000:.1f}"


async def measure(dsn: str, folder: Path) -> None:
    settings = settings_for(dsn, folder)
    async with served(settings) as app:
        watched = Watched()
        watching = asyncio.create_task(watched.watch())
        began = time.perf_counter()
        client = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.uploads", str(app.port), stdout=PIPE
        )
        out, _ = await client.communicate()
        seconds = time.perf_counter() - began
        watching.cancel()
    print(f"{sum(json.loads(out).values())} uploads in {seconds:.1f} s, {AT_ONCE} at once: {out.decode().strip()}")
    print(f"pauses of the loop, ms: {milliseconds(watched.pauses)} (on a busy machine others' work is in them)")
    print(f"its own work in one go, ms: {milliseconds(watched.worked)}")
    print(f"memory of the server, MB: at first {watched.memory[0] >> 20}, at most {max(watched.memory) >> 20}")


def main() -> None:
    if len(sys.argv) == 2:
        asyncio.run(send_all(int(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder, start(Path(folder) / "postgres", durable=False) as server:
        asyncio.run(measure(server.dsn(), Path(folder)))


if __name__ == "__main__":
    main()
