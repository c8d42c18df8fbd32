"""Resting after each piece of text when many are on their way: what comes meanwhile is handled as one piece."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

REST_S_PER_HEAD, LONGEST_REST_S = 0.0002, 0.15
"""A piece costs about 0.1 ms of a core wherever it is handled: the rest leaves half of a core to everything else."""


class Pace:
    """Shared by all who handle pieces of one kind in this process."""

    def __init__(self) -> None:
        self._heads = 0

    @contextmanager
    def joined(self) -> Iterator[None]:
        self._heads += 1
        try:
            yield
        finally:
            self._heads -= 1

    async def rest(self) -> None:
        await asyncio.sleep(rest_s(self._heads))


def rest_s(heads: int) -> float:
    return min(heads * REST_S_PER_HEAD, LONGEST_REST_S)
