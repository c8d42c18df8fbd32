"""Who somebody is to WeChat, their phone number, and whether WeChat would let a text pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from domain.accounts.models import WechatIdentity
from domain.clock import Clock, utc_now
from domain.outbound import Call, Outbound, json_call
from persistence.vendor import present
from persistence.wechat.asking import Asking, WechatSettings, errcode_of
from persistence.wechat.failures import CHECK, LOGIN, PHONE, TOKEN_REFUSED, WECHAT, Failure, failed
from persistence.wechat.tokens import MemoryTokenCache, StableTokens, TokenCache

CHECKED_AT_ONCE = 2_500  # characters, msg_sec_check


class Scene(Enum):
    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL = 4


class Suggestion(Enum):
    """In order of severity."""

    PASSED = "pass"
    REVIEW = "review"
    RISKY = "risky"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`label`: WeChat's number for what is wrong; 100 is nothing."""

    suggestion: Suggestion
    label: int


class Wechat:
    """Every method raises UpstreamUnavailable and UpstreamTimeout, RateLimited, and what `failures` says of its API."""

    def __init__(
        self, outbound: Outbound, settings: WechatSettings, cache: TokenCache | None = None, clock: Clock = utc_now
    ) -> None:
        self._ask = Asking(outbound, settings)
        self._settings = settings
        self._tokens = StableTokens(self._ask, settings, cache or MemoryTokenCache(), clock)

    async def identify(self, code: str) -> WechatIdentity:
        """By jscode2session; `code` from wx.login. The session_key is dropped at once: nothing here needs it."""
        query = urlencode(
            {
                "appid": self._settings.app_id,
                "secret": self._settings.secret,
                "js_code": code,
                "grant_type": "authorization_code",
            }
        )
        call = Call("GET", f"{self._settings.url}/sns/jscode2session?{query}")
        reply = await self._ask(call)
        if errcode := errcode_of(reply):
            raise failed("jscode2session", errcode, LOGIN)
        return WechatIdentity(str(present(reply, "openid", WECHAT)))

    async def phone_number(self, code: str) -> str:
        """E.164, by getuserphonenumber; `code` from a button of open-type getPhoneNumber."""
        reply = await self._with_token("/wxa/business/getuserphonenumber", {"code": code}, PHONE)
        info = present(reply, "phone_info", WECHAT)
        return f"+{present(info, 'countryCode', WECHAT)}{present(info, 'purePhoneNumber', WECHAT)}"

    async def check_text(self, openid: str, text: str, scene: Scene) -> Verdict:
        """The worst verdict on any part of `text`, by msg_sec_check version 2. The user must have been here lately."""
        parts = [text[at : at + CHECKED_AT_ONCE] for at in range(0, len(text), CHECKED_AT_ONCE)]
        verdicts = [await self._checked(openid, part, scene) for part in parts]
        order = list(Suggestion)
        return max(
            verdicts, key=lambda verdict: order.index(verdict.suggestion), default=Verdict(Suggestion.PASSED, 100)
        )

    async def _checked(self, openid: str, text: str, scene: Scene) -> Verdict:
        payload = {"version": 2, "scene": scene.value, "openid": openid, "content": text}
        result = present(await self._with_token("/wxa/msg_sec_check", payload, CHECK), "result", WECHAT)
        try:
            return Verdict(Suggestion(result["suggest"]), int(result["label"]))
        except (KeyError, ValueError, TypeError):
            raise WECHAT.unavailable() from None

    async def _with_token(self, path: str, payload: object, own: Mapping[int, Failure]) -> dict[str, Any]:
        """With a token refused by WeChat once more with a new one."""
        token = await self._tokens.current()
        reply = await self._ask(self._call(path, token, payload))
        if errcode_of(reply) in TOKEN_REFUSED:
            token = await self._tokens.current(refused=token)
            reply = await self._ask(self._call(path, token, payload))
        if errcode := errcode_of(reply):
            raise failed(path.rpartition("/")[2], errcode, own)
        return reply

    def _call(self, path: str, token: str, payload: object) -> Call:
        return json_call(f"{self._settings.url}{path}?{urlencode({'access_token': token})}", payload)
