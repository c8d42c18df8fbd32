"""api.weixin.qq.com as mini-program servers see it: HTTP 200 for everything, errcodes inside."""

import secrets
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import orjson

from domain.clock import utc_now
from tests.standins.faults import FaultyStandIn
from tests.standins.http import Exchange, Request

LIFETIME, OVERLAP = timedelta(seconds=7200), timedelta(minutes=5)
RISKY_WORDS = {"赌博": ("risky", 20006), "代购药": ("review", 10001)}


class Refused(Exception):
    def __init__(self, errcode: int, errmsg: str = "refused") -> None:
        super().__init__(errmsg)
        self.errcode = errcode


class WeChat(FaultyStandIn):
    """`code` and `phone_code` hand out codes as `wx.login` and the phone button would; `deny` forces an errcode."""

    name = "WeChat"
    app_id: ClassVar[str] = "wx0123456789abcdef"
    secret: ClassVar[str] = "wechat-app-secret-0123456789abcd"

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(port)
        self.clock = clock
        self.visitors: set[str] = set()
        self.openids: set[str] = set()
        self.session_keys: list[str] = []
        self.tokens: dict[str, datetime] = {}
        self._codes: dict[str, tuple[str, str | None, datetime]] = {}
        self._used: set[str] = set()
        self._phones: dict[str, tuple[str, object]] = {}
        self._refusals: defaultdict[str, deque[int]] = defaultdict(deque)
        self._apis = {
            "/sns/jscode2session": self._session,
            "/cgi-bin/stable_token": self._stable_token,
            "/wxa/business/getuserphonenumber": self._phone,
            "/wxa/msg_sec_check": self._check,
        }

    def code(self, openid: str, unionid: str | None = None) -> str:
        code = f"0{secrets.token_hex(15)}"
        self._codes[code] = (openid, unionid, self.clock() + timedelta(minutes=5))
        self.openids.add(openid)
        self.visitors.add(openid)
        return code

    def phone_code(self, phone: str, country: object = "86") -> str:
        code = secrets.token_hex(32)
        self._phones[code] = (phone, country)
        return code

    def deny(self, api: str, *errcodes: int) -> None:
        """`api`: the last part of its path; one errcode a request."""
        self._refusals[api].extend(errcodes)

    def forget_tokens(self) -> None:
        """As a forced refresh elsewhere does: the tokens given out are worth nothing."""
        self.tokens.clear()

    async def serve(self, request: Request, exchange: Exchange) -> None:
        try:
            forced = self._refusals[request.path.rpartition("/")[2]]
            if forced:
                raise Refused(forced.popleft(), f"forced for secret={self.secret}")
            reply = self._apis[request.path](request)
        except Refused as refused:
            rid = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}"
            reply = {"errcode": refused.errcode, "errmsg": f"{refused}, rid: {rid}"}
        await exchange.answer(200, orjson.dumps(reply), {"Content-Type": "text/plain"})

    def _app(self, given: dict[str, Any]) -> None:
        if not given.get("appid"):
            raise Refused(41002, "appid missing")
        if not given.get("secret"):
            raise Refused(41004, "appsecret missing")
        if given["appid"] != self.app_id:
            raise Refused(40013, "invalid appid")
        if given["secret"] != self.secret:
            raise Refused(40125, "invalid appsecret")

    def _session(self, request: Request) -> dict[str, Any]:
        query = request.query if request.method == "GET" else {}
        self._app(query)
        code = query.get("js_code")
        if not code:
            raise Refused(41008, "missing code")
        if code in self._used:
            raise Refused(40163, "code been used")
        openid, unionid, until = self._codes.get(code, ("", None, self.clock()))
        if until <= self.clock():
            raise Refused(40029, "invalid code")
        self._used.add(code)
        self.session_keys.append(f"{secrets.token_urlsafe(16)}==")
        reply = {"session_key": self.session_keys[-1], "openid": openid}
        return {**reply, "unionid": unionid} if unionid else reply

    def _stable_token(self, request: Request) -> dict[str, Any]:
        given = request.json()
        self._app(given)
        if given.get("grant_type") != "client_credential":
            raise Refused(40002, "invalid grant_type")
        now = self.clock()
        if given.get("force_refresh"):
            self.tokens.clear()
        valid = [(token, until) for token, until in self.tokens.items() if until - OVERLAP > now]
        token, until = valid[-1] if valid else (f"90_{secrets.token_urlsafe(90)}", now + LIFETIME)
        self.tokens[token] = until
        return {"access_token": token, "expires_in": int((until - now).total_seconds())}

    def _body(self, request: Request) -> dict[str, Any]:
        """The body of a call that needs the token, in the query and nowhere else."""
        if request.method != "POST":
            raise Refused(43002, "require POST method")
        if b"\\u" in request.body:
            raise Refused(40033, "invalid charset")
        body = request.json()
        if not isinstance(body, dict) or "access_token" in body:
            raise Refused(47001, "data format error")
        until = self.tokens.get(request.query.get("access_token", ""))
        if until is None:
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")
        if until <= self.clock():
            raise Refused(42001, "access_token expired")
        return body

    def _phone(self, request: Request) -> dict[str, Any]:
        code = self._body(request).get("code", "")
        if code not in self._phones:
            raise Refused(40029, "invalid code")
        phone, country = self._phones.pop(code)
        shown = phone if str(country) == "86" else f"{country}{phone}"
        watermark = {"timestamp": int(self.clock().timestamp()), "appid": self.app_id}
        info = {"phoneNumber": shown, "purePhoneNumber": phone, "countryCode": country, "watermark": watermark}
        return {"errcode": 0, "errmsg": "ok", "phone_info": info}

    def _check(self, request: Request) -> dict[str, Any]:
        body = self._body(request)
        content, openid = body.get("content", ""), body.get("openid")
        if body.get("version") != 2 or not content:
            raise Refused(47001, "data format error")
        if body.get("scene") not in (1, 2, 3, 4):
            raise Refused(40129, "scene error")
        if len(content) > 2500:
            raise Refused(45002, "content size out of limit")
        if openid not in self.openids:
            raise Refused(40003, "invalid openid")
        if openid not in self.visitors:
            raise Refused(61010, "code is expired")
        suggest, label = next((found for word, found in RISKY_WORDS.items() if word in content), ("pass", 100))
        return {
            "errcode": 0,
            "errmsg": "ok",
            "trace_id": secrets.token_hex(12),
            "result": {"suggest": suggest, "label": label},
            "detail": [{"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}],
        }
