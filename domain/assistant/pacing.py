"""Resting after each piece of text when many are on their way: what comes meanwhile is handled as one piece."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

REST_S_PER_HEAD, LONGEST_REST_S = 0.0001, 0.15
"""A piece costs about 0.1 ms of a core, to whoever generates as to whoever watches."""


class Pace:
    """`joined` by all who handle pieces, kept by those who bring them."""

    def __init__(self) -> None:
        self.heads = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        self.heads += 1
        try:
            yield
        finally:
            self.heads -= 1

    async def rest(self) -> None:
        await asyncio.sleep(min(self.heads * REST_S_PER_HEAD, LONGEST_REST_S))
