"""One question to WeChat, repeated once where WeChat says that it is busy."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.outbound import Call, Outbound
from persistence.vendor import asked
from persistence.wechat.failures import BUSY, WECHAT


@dataclass(frozen=True, slots=True)
class WechatSettings:
    app_id: str
    secret: str = field(repr=False)
    url: str = "https://api.weixin.qq.com"
    timeout_s: float = 5.0
    retry_pause_s: float = 0.3


class Asking:
    def __init__(self, outbound: Outbound, settings: WechatSettings) -> None:
        self._outbound = outbound
        self._settings = settings

    async def __call__(self, call: Call) -> dict[str, Any]:
        """Raises UpstreamTimeout and UpstreamUnavailable; what WeChat refuses comes back as a reply."""
        reply = await asked(self._outbound, call, WECHAT, self._settings.timeout_s)
        if errcode_of(reply) != BUSY:
            return reply
        await asyncio.sleep(self._settings.retry_pause_s)
        return await asked(self._outbound, call, WECHAT, self._settings.timeout_s)


def errcode_of(reply: Mapping[str, Any]) -> int:
    """0 for success, which often has no errcode at all."""
    return int(reply.get("errcode") or 0)
