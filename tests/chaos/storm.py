"""Processes are killed one after the other while people talk, and pushes get lost."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from tests.chaos.phones import Heard, Phone
from tests.chaos.reciter import Reciter
from tests.chaos.town import Town, own_town, started
from tests.chaos.verdicts import Verdict, counted, wrongs
from tests.processes import Fleet

MAX_CLAIMS = 3
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Storm:
    replies: int
    at_once: int
    kills: int
    kill_every_s: float
    within_s: float


async def storm(storm: Storm = Storm(replies=300, at_once=30, kills=40, kill_every_s=3, within_s=150)) -> Verdict:
    with Reciter(sentences=16, tokens_per_s=20) as vendor:
        async with own_town(vendor, lost=0.15) as town:
            return await storm_over(town, vendor, storm)


async def storm_over(town: Town, vendor: Reciter, storm: Storm) -> Verdict:
    rng = random.Random(6)
    await started(town.fleet, "serve", "serve", "worker")
    phones = await town.people(rng, PATIENCE)
    killing = asyncio.create_task(_kill(town.fleet, storm.kills, storm.kill_every_s, rng))
    heard = await talk(phones, "风暴", storm.replies, storm.at_once, storm.within_s)
    killing.cancel()
    with suppress(asyncio.CancelledError):
        await killing
    wrong = wrongs(heard, vendor) + await unexplained(town.dsn, heard)
    killed = sum(not process.is_alive for process in town.fleet.processes)
    lost = f"{town.way.dropped} of {town.way.pushed} pushes lost"
    return Verdict("kill -9", f"{counted(heard, town.entrances.refusals)}; {killed} kills, {lost}", wrong)


async def talk(phones: Sequence[Phone], about: str, replies: int, at_once: int, within_s: float) -> list[Heard]:
    """Each question another one, in a session of its own."""
    places = asyncio.Semaphore(at_once)

    async def one(number: int) -> Heard:
        async with places:
            return await phones[number % len(phones)].converse(f"{about} {number}", within_s)

    return list(await asyncio.gather(*(one(number) for number in range(replies))))


async def _kill(fleet: Fleet, kills: int, every_s: float, rng: random.Random) -> None:
    """A random process, about so often; another one takes its place."""
    for _ in range(kills):
        await asyncio.sleep(every_s * rng.uniform(0.6, 1.4))
        victim = rng.choice([process for process in fleet.processes if process.is_alive])
        victim.kill()
        await victim.ended()
        await (await fleet.launch(victim.command)).up()


async def unexplained(dsn: str, heard: Sequence[Heard]) -> list[str]:
    """Replies that were given up although nobody was killed that often."""
    given_up = [each for each in heard if each.state == "FAILED"]
    connection = await asyncpg.connect(dsn)
    try:
        claims = [await connection.fetchval(CLAIMS, each.session) for each in given_up]
    finally:
        await connection.close()
    return [f"{each.asked}: given up after {n}" for each, n in zip(given_up, claims, strict=True) if n <= MAX_CLAIMS]


CLAIMS = "SELECT claims FROM replies WHERE session_id = $1 AND seq = 2"
