"""Blocking storage clients in threads of their own: a store that is down neither stalls the loop nor other threads."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from domain.errors import DomainError, UpstreamUnavailable

T = TypeVar("T")
log = logging.getLogger(__name__)


class Threads:
    """`deadline_s`: until then whoever asked has an answer, even if the thread has not."""

    def __init__(self, name: str, workers: int, deadline_s: float) -> None:
        self._pool = ThreadPoolExecutor(workers, name)
        self._deadline_s = deadline_s

    async def run(self, what: str, call: Callable[[], T]) -> T:
        """Raises UpstreamUnavailable for whatever goes wrong, unless `call` gave it a better name."""
        try:
            async with asyncio.timeout(self._deadline_s):
                return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        except DomainError:
            raise
        except Exception as error:  # the clients raise much that they do not document, UnboundLocalError even
            # Only the kind of it: the texts quote URLs and headers.
            log.warning("storage failed at %s: %s", what, type(error).__name__)
            raise unavailable() from None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def unavailable() -> UpstreamUnavailable:
    return UpstreamUnavailable("文件存储暂时不可用，请稍后再试", "File storage is not available at the moment.")
