"""The one way out, for AI, WeChat and SMS alike: httpx, bounded in time and size, no proxies, no redirects."""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Self

import certifi
import httpx

from domain.outbound import Call, OutboundError, Response, Trouble
from persistence.http11.pool import Size
from persistence.http11.transport import Http11Transport

CONNECT_S = 5.0
# Node, and so FastGPT, closes an idle connection after 5 s: a pooled one must not be older when it is used again.
SIZE = Size(connections=2000, resting=100, rest_s=4.0)


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    status: int
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]


class Wire:
    """Built once a process, closed by `aclose` (or `async with`)."""

    def __init__(self, connect_s: float = CONNECT_S) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO quotes addresses, and WeChat's hold the secret
        self._connect_s = connect_s
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            transport=Http11Transport(_trusted(), SIZE),
            headers={"User-Agent": "wellmate", "Accept-Encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def send(self, call: Call, *, timeout_s: float = 10.0, max_bytes: int = 1 << 20) -> Response:
        """The whole answer, whatever its status. Raises OutboundError."""
        try:
            async with asyncio.timeout(timeout_s), self._opened(call, timeout_s) as response:
                body = await _whole(call, response, max_bytes)
                return Response(response.status_code, _headers(response), body)
        except TimeoutError:
            raise _error(Trouble.TIMEOUT, call, f"no answer within {timeout_s:g} s") from None

    @asynccontextmanager
    async def stream(self, call: Call, *, idle_s: float = 15.0) -> AsyncIterator[StreamedAnswer]:
        """The answer while it comes; leaving the block closes the connection. Raises OutboundError, in `chunks` too."""
        async with self._opened(call, idle_s) as response, aclosing(_chunks(call, response)) as chunks:
            yield StreamedAnswer(response.status_code, _headers(response), chunks)

    @asynccontextmanager
    async def _opened(self, call: Call, idle_s: float) -> AsyncIterator[httpx.Response]:
        request = self._request(call, idle_s)
        with _translated(call):
            response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    def _request(self, call: Call, idle_s: float) -> httpx.Request:
        timeout = httpx.Timeout(idle_s, connect=self._connect_s, pool=self._connect_s)
        try:
            return self._client.build_request(
                call.method, call.url, headers=dict(call.headers), content=call.body, timeout=timeout
            )
        except (httpx.InvalidURL, ValueError):  # the text of these may quote a key
            raise _error(Trouble.BAD_ADDRESS, call, "the address or a header cannot be sent") from None


def _trusted() -> ssl.SSLContext:
    """The machine's own authorities (a hospital may have one) and Mozilla's, which small images lack."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _headers(response: httpx.Response) -> dict[str, str]:
    return dict(response.headers.items())


async def _whole(call: Call, response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    async with aclosing(_chunks(call, response)) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > max_bytes:
                raise _error(Trouble.TOO_LARGE, call, f"the answer has more than {max_bytes} bytes")
    return bytes(body)


async def _chunks(call: Call, response: httpx.Response) -> AsyncGenerator[bytes, None]:
    # Raw is cheaper, and right unless a server compresses although it was asked not to.
    packed = response.headers.get("content-encoding", "identity") != "identity"
    source = response.aiter_bytes() if packed else response.aiter_raw()
    with _translated(call):
        async for chunk in source:
            yield chunk


@contextmanager
def _translated(call: Call) -> Iterator[None]:
    """httpx's errors as ours; never chained, for their texts and requests hold headers."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise _error(Trouble.REFUSED, call, f"no connection ({_reason(error)})") from None
    except httpx.TimeoutException:
        raise _error(Trouble.TIMEOUT, call, "silent for too long") from None
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError):
        raise _error(Trouble.BAD_ADDRESS, call, "the address or a header cannot be sent") from None
    except httpx.HTTPError as error:
        raise _error(Trouble.CUT, call, f"the connection broke ({type(error).__name__})") from None


def _reason(error: Exception) -> str:
    return str(error).strip()[:120] or type(error).__name__


def _error(trouble: Trouble, call: Call, what: str) -> OutboundError:
    return OutboundError(trouble, f"{_host(call.url)}: {what}")


def _host(url: str) -> str:
    try:
        return httpx.URL(url).netloc.decode()
    except (httpx.InvalidURL, ValueError):
        return "?"
