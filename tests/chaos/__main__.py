"""`make chaos`: what nobody may notice, done to real processes. Each scenario prints its count and its verdict."""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from time import monotonic

from tests.chaos.crowd import crowd
from tests.chaos.matrix import matrix
from tests.chaos.outages import outages
from tests.chaos.rolling import rolling
from tests.chaos.storm import storm
from tests.chaos.verdicts import Verdict

Scenario = Callable[[], AsyncGenerator[Verdict, None]]
SCENARIOS: dict[str, tuple[Scenario, float]] = {
    "storm": (lambda: _alone(storm()), 300),
    "outages": (outages, 420),
    "matrix": (lambda: _alone(matrix()), 300),
    "rolling": (lambda: _alone(rolling()), 240),
    "crowd": (crowd, 420),
}
"""With the seconds that each may take."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, []], help="all when none is named")
    given = parser.parse_args()
    verdicts = [verdict for name in given.scenarios or SCENARIOS for verdict in asyncio.run(_played(name))]
    wrong = sum(bool(verdict.wrong) for verdict in verdicts)
    print(f"{len(verdicts)} verdicts, {wrong} failed", flush=True)
    raise SystemExit(bool(wrong))


async def _played(name: str) -> list[Verdict]:
    scenario, within_s = SCENARIOS[name]
    began, verdicts = monotonic(), []
    try:
        async with asyncio.timeout(within_s), aclosing(scenario()) as found:
            async for verdict in found:
                verdicts.append(verdict)
                print(verdict, flush=True)
    except Exception as error:
        verdicts.append(Verdict(name, "broke off", [f"{type(error).__name__}: {error}"]))
        print(verdicts[-1], flush=True)
    print(f"        {monotonic() - began:.0f} s", flush=True)
    return verdicts


async def _alone(verdict: Awaitable[Verdict]) -> AsyncGenerator[Verdict, None]:
    yield await verdict


if __name__ == "__main__":
    main()
