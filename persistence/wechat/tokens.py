"""The access token of the app: fetched once, kept until it is nearly over, fetched by one task at a time.

WeChat gives every process the same stable token, so each may keep its own; a shared `TokenCache` saves calls.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.clock import Clock
from domain.outbound import json_call
from persistence.vendor import present
from persistence.wechat.asking import Asking, WechatSettings, errcode_of
from persistence.wechat.failures import WECHAT, failed

# From 5 minutes before the end WeChat answers with the next token, and both are valid.
MARGIN = timedelta(minutes=4)


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: str = field(repr=False)
    expires_at: datetime


class TokenCache(Protocol):
    async def get(self) -> AccessToken | None: ...

    async def put(self, token: AccessToken) -> None: ...

    def lock(self) -> AbstractAsyncContextManager[object]:
        """Held by whoever fetches a token."""
        ...


class MemoryTokenCache:
    """One process's own."""

    def __init__(self) -> None:
        self._token: AccessToken | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> AccessToken | None:
        return self._token

    async def put(self, token: AccessToken) -> None:
        self._token = token

    def lock(self) -> AbstractAsyncContextManager[object]:
        return self._lock


class StableTokens:
    def __init__(self, ask: Asking, settings: WechatSettings, cache: TokenCache, clock: Clock) -> None:
        self._ask = ask
        self._settings = settings
        self._cache = cache
        self._clock = clock

    async def current(self, *, refused: str | None = None) -> str:
        """`refused`: a token that WeChat did not take, so another is wanted. Raises as `failures.failed` says."""
        if token := await self._usable(refused):
            return token.value
        try:
            # Bounded as a whole: behind a lock each waiter would wait for the time-outs of all before it.
            async with asyncio.timeout(2 * self._settings.timeout_s), self._cache.lock():
                return (await self._usable(refused) or await self._fetched()).value
        except TimeoutError:
            raise WECHAT.silent() from None

    async def _usable(self, refused: str | None) -> AccessToken | None:
        token = await self._cache.get()
        fresh = token is not None and token.expires_at - MARGIN > self._clock() and token.value != refused
        return token if fresh else None

    async def _fetched(self) -> AccessToken:
        settings = self._settings
        payload = {"grant_type": "client_credential", "appid": settings.app_id, "secret": settings.secret}
        asked_at = self._clock()
        reply = await self._ask(json_call(f"{settings.url}/cgi-bin/stable_token", payload))
        if errcode := errcode_of(reply):
            raise failed("stable_token", errcode, {})
        lifetime = timedelta(seconds=int(present(reply, "expires_in", WECHAT)))
        token = AccessToken(str(present(reply, "access_token", WECHAT)), asked_at + lifetime)
        await self._cache.put(token)
        return token
