"""Every fault of a provider, with somebody to turn to and without, against a real process."""

import tempfile
from collections.abc import Awaitable
from pathlib import Path
from time import monotonic

from persistence.embedded.server import start
from tests.api.client import People, http_client
from tests.api.provider_faults import (
    FIRST_WORD_S,
    TROUBLES,
    WITHIN_S,
    ends_in_its_code,
    hurry,
    in_good_health,
    is_made_good,
    set_fallback,
)
from tests.api.serving import ADMIN_PASSWORD
from tests.chaos.verdicts import Verdict
from tests.processes import fleet
from tests.standins.fastgpt import FastGPT
from tests.standins.openai import OpenAI


class Matrix:
    """`slowest`: seconds from the question to the end, over all."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.count = 0
        self.slowest = 0.0

    async def note(self, name: str, outcome: Awaitable[None]) -> None:
        began = monotonic()
        self.count += 1
        try:
            await outcome
        except (AssertionError, TimeoutError) as error:
            self.wrong.append(f"{name}: {type(error).__name__} {error}")
        self.slowest = max(self.slowest, monotonic() - began)

    def verdict(self) -> Verdict:
        line = f"{self.count} cases, the slowest took {self.slowest:.1f} s of {WITHIN_S:.1f}"
        return Verdict("provider faults", line, self.wrong)


async def matrix() -> Verdict:
    with tempfile.TemporaryDirectory(prefix="wellmate-chaos-") as name, FastGPT() as fastgpt, OpenAI() as openai:
        folder = Path(name)
        with start(folder / "postgres", durable=False) as postgres:
            settings = {
                "database_url": postgres.dsn().replace("+asyncpg", ""),
                "fastgpt_base_url": fastgpt.base_url,
                "fastgpt_api_key": fastgpt.key,
                "openai_base_url": openai.base_url,
                "openai_api_key": openai.key,
                "openai_model": "standin-chat",
                "first_word_seconds": str(FIRST_WORD_S),
            }
            async with fleet(folder, **settings) as running, http_client((await running.start()).port) as http:
                return await _all(People(running.serving[0].port, http), fastgpt, openai)


async def _all(people: People, fastgpt: FastGPT, openai: OpenAI) -> Verdict:
    matrix, patient, admin = Matrix(), await people.patient(), await people.admin(ADMIN_PASSWORD)
    await hurry(admin)
    for name, trouble in TROUBLES.items():
        await in_good_health(admin, fastgpt, openai)
        await matrix.note(f"{name} alone", ends_in_its_code(patient, fastgpt, trouble))
        await in_good_health(admin, fastgpt, openai)
        await set_fallback(admin, "OpenAI")
        await matrix.note(f"{name} with a fallback", is_made_good(patient, fastgpt, openai, trouble))
    return matrix.verdict()
