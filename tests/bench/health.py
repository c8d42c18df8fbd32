"""A million observations of one person: what a month of statistics and a page of history cost PostgreSQL.

python -m tests.bench.health
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from domain.health.models import Metric, Period
from domain.health.stats import Bucket
from migrations.run import upgrade
from persistence.embedded.server import start
from tests.health import Clinic, opened
from tests.health_filling import fill
from tests.plans import cpu_ms, plans_of

MILLION = 1_000_000
ROUNDS = 21
LAST = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
MARCH = Period(datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC))
ALL = Period(None, None)
PULSE = Metric.HEART_RATE
Call = Callable[[], Awaitable[object]]


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wm-") as folder:
        os.chmod(folder, 0o711)
        with start(Path(folder), durable=False) as server:
            await upgrade(server.dsn())
            async with opened(server.dsn()) as clinic:
                await measure(clinic)


async def measure(clinic: Clinic) -> None:
    began = time.monotonic()
    watch, journal = await clinic.person(), await clinic.person()
    await fill(clinic, watch, [PULSE], LAST, count=MILLION)
    await fill(clinic, journal, list(Metric)[1:], LAST, count=MILLION, minutes=5.26)
    await clinic.do("VACUUM ANALYZE")
    print(f"2 × {MILLION:,} observations filled in {time.monotonic() - began:.0f} s\n")
    service = clinic.service
    deep = (await service.page(watch, None, Period(None, MARCH.start), first=1, after=None)).page_info.end_cursor
    calls: dict[str, Call] = {
        "a month by day, a pulse every minute": lambda: service.stats(watch, [PULSE], MARCH, Bucket.DAY),
        "a month by hour, a pulse every minute": lambda: service.stats(watch, [PULSE], MARCH, Bucket.HOUR),
        "a month by day, one of 13 metrics over 10 years": lambda: service.stats(journal, [PULSE], MARCH, Bucket.DAY),
        "a month by day, 13 metrics over 10 years": lambda: service.stats(journal, None, MARCH, Bucket.DAY),
        "the newest page": lambda: service.page(watch, None, ALL, first=20, after=None),
        "a page of one metric": lambda: service.page(journal, PULSE, ALL, first=20, after=None),
        "a page deep inside": lambda: service.page(watch, None, ALL, first=20, after=deep),
        "200 changes": lambda: service.changes(watch, after=None, first=200),
        "all ten years by month": lambda: service.stats(journal, [PULSE], ALL, Bucket.MONTH),
    }
    table = [await row(clinic, name, call) for name, call in calls.items()]
    print(
        f"{'milliseconds':50}{'statements':>11}{'PG CPU':>9}{'PG least':>9}{'median':>9}{'call':>9}", *table, sep="\n"
    )


async def row(clinic: Clinic, name: str, call: Call) -> str:
    samples = [await plans_of(clinic.database, call) for _ in range(ROUNDS)]
    print(f"--- {name}", *(plan.text for plan in samples[-1]), sep="\n", end="\n\n")
    inside = sorted(sum(plan.ms for plan in plans) for plans in samples)
    cpu = await cpu_ms(clinic.database, call, ROUNDS)
    whole = median([await timed(call) for _ in range(ROUNDS)])
    return f"{name:50}{len(samples[0]):11}{cpu:9.2f}{inside[0]:9.2f}{median(inside):9.2f}{whole:9.2f}"


async def timed(call: Call) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    asyncio.run(main())
