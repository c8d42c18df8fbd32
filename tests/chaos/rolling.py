"""Both processes are replaced, one after the other, under live streams."""

import asyncio
import random
from dataclasses import dataclass

from tests.chaos.reciter import Reciter
from tests.chaos.storm import talk
from tests.chaos.town import Town, own_town, started
from tests.chaos.verdicts import Verdict, counted, wrongs
from tests.processes import ServerProcess
from tests.waiting import until

NEVER = 1e9
TOLD = 40
"""Lines that an exception may take in the log."""


@dataclass(frozen=True, slots=True)
class Deployment:
    streams: int
    within_s: float


async def rolling(deployment: Deployment = Deployment(streams=200, within_s=120)) -> Verdict:
    """Replies take about 30 s, a leaving process lets them run on for 4."""
    with Reciter(sentences=60, tokens_per_s=5) as vendor:
        async with own_town(vendor, drain_seconds="4") as town:
            return await rolling_over(town, vendor, deployment)


async def rolling_over(town: Town, vendor: Reciter, deployment: Deployment) -> Verdict:
    await started(town.fleet, "serve", "serve")
    phones = await town.people(random.Random(4), NEVER)
    streams = deployment.streams
    talking = asyncio.create_task(talk(phones, "发布", streams, streams, deployment.within_s))
    await until(lambda: len(vendor.sent) >= streams, within=60)
    took_s = [await _replaced(town) for _ in range(2)]
    heard = await talking
    wrong = wrongs(heard, vendor) + [f"{each.asked}: given up" for each in heard if each.state == "FAILED"]
    wrong += [trace for process in town.fleet.processes for trace in _traces(process)]
    took = " and ".join(f"{seconds:.1f} s" for seconds in took_s)
    return Verdict("rolling restart", f"{counted(heard, town.entrances.refusals)}; left in {took}", wrong)


async def _replaced(town: Town) -> float:
    """The oldest process, by one that is up before it goes. Seconds that it took to go."""
    leaving = town.fleet.serving[0]
    await town.fleet.start()
    return await leaving.terminated()


def _traces(process: ServerProcess) -> list[str]:
    """Errors in its log, with what is told of each."""
    return [
        "\n".join(process.said[place : place + TOLD]) for place, line in enumerate(process.said) if "[error" in line
    ]
