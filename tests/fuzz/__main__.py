"""`python -m tests.fuzz [minutes] [seed]`: all of it against a real server."""

import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random, SystemRandom
from time import monotonic

from tests.fuzz.judging import Verdict
from tests.fuzz.operations import Operations
from tests.fuzz.people import ROLES, Crowd, crowd
from tests.fuzz.sending import Fuzzer

WORKERS = 4
TEXTS = ("x\x00y", "", " ", "字" * 3000, "9" * 400, "\U0010ffff", "%s\\'--", "*" * 70_000)


async def fuzz(minutes: float, seed: int) -> Verdict:
    verdict = Verdict()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with crowd(Path(folder)) as people:
            until = monotonic() + minutes * 60
            operations = Operations(people.known)
            workers = [Fuzzer(people, operations, verdict, Random(seed + number)) for number in range(WORKERS)]
            await asyncio.gather(*(work(worker, until) for worker in workers))
            await settle(people, verdict)
    return verdict


async def work(fuzzer: Fuzzer, until: float) -> None:
    """In rounds, each with a new patient: the old one has used up what one person may do in a minute."""
    while monotonic() < until:
        await fuzzer.crowd.renew("patient")
        await fuzzer.flood()
        for role in ROLES:
            await fuzzer.schema(role)
            await fuzzer.reads(role)
            await fuzzer.places(role, fuzzer.rng.choice(TEXTS))
        for _ in range(150):
            await fuzzer.once()


async def settle(people: Crowd, verdict: Verdict) -> None:
    """It still answers, it never died, and it wrote no error."""
    await people.renew()
    if not people.server.is_alive:
        verdict.blame("the server has ended", "", people.server.said[-20:])
    for line in people.server.errors:
        verdict.blame("an error in the server's log", "", line)


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SystemRandom().getrandbits(32)
    sys.stdout.write(f"seed {seed}, {minutes:g} minutes\n")
    sys.stdout.flush()
    verdict = asyncio.run(fuzz(minutes, seed))
    sys.stdout.write(verdict.report() + "\n")
    for finding in verdict.findings[:50]:
        sys.stdout.write(finding + "\n")
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main())
