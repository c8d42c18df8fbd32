"""What a vendor's refusal means: one verdict a cause, found by status first and by words where the status is vague."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from domain.assistant.dialects.loose import as_dict, as_text
from domain.assistant.dialects.texts import clipped
from domain.assistant.dialects.words import Failure
from domain.errors import ErrorCode
from domain.outbound import OutboundError, Trouble

LONGEST_WAIT_S = 3600.0
# Statuses under which vendors file nearly anything: there the words decide.
VAGUE = frozenset({None, 200, 400, 422, 429, 500})


@dataclass(frozen=True, slots=True)
class Verdict:
    code: ErrorCode
    permanent: bool
    zh: str
    en: str

    def failure(self, log: str, retry_after_s: float | None = None) -> Failure:
        return Failure(self.code, self.permanent, scrubbed(log), self.zh, self.en, retry_after_s)


BLOCKED = Verdict(
    ErrorCode.CONTENT_BLOCKED,
    True,
    "这条内容没有通过 AI 服务的安全审核，请换一种说法再试",
    "The AI service's safety check refused this content. Please put it differently.",
)
MISCONFIGURED = Verdict(
    ErrorCode.UPSTREAM_UNAVAILABLE,
    True,
    "AI 服务的配置有问题，请联系管理员",
    "The AI service is not set up correctly. Please tell the administrator.",
)
NO_VISION = Verdict(
    ErrorCode.UPSTREAM_UNAVAILABLE,
    True,
    "当前的 AI 模型看不了这种图片，请改用文字描述",
    "The AI model in use cannot look at such images. Please describe it in words.",
)
BUSY = Verdict(
    ErrorCode.RATE_LIMITED,
    False,
    "现在提问的人较多，请稍后再试",
    "The AI service is busy. Please try again in a moment.",
)
TOO_LARGE = Verdict(
    ErrorCode.PAYLOAD_TOO_LARGE,
    True,
    "图片或内容太大，AI 服务收不下，请换小一些的再试",
    "The image or text is too large for the AI service.",
)
BAD_IMAGE = Verdict(
    ErrorCode.BAD_USER_INPUT,
    True,
    "AI 服务打不开这张图片，请换一张清晰的 JPG 或 PNG 图片再试",
    "The AI service cannot open this image. Please try another JPG or PNG.",
)
TOO_LONG = Verdict(
    ErrorCode.BAD_USER_INPUT,
    True,
    "对话太长，超过了 AI 模型的限度，请新建会话再试",
    "The conversation is longer than the AI model can take. Please start a new one.",
)
TIMEOUT = Verdict(
    ErrorCode.UPSTREAM_TIMEOUT,
    False,
    "AI 服务响应超时，请稍后再试",
    "The AI service took too long. Please try again.",
)
UNAVAILABLE = Verdict(
    ErrorCode.UPSTREAM_UNAVAILABLE,
    False,
    "AI 服务暂时不可用，请稍后再试",
    "The AI service is unavailable at the moment. Please try again.",
)
EMPTY = Verdict(
    ErrorCode.UPSTREAM_UNAVAILABLE,
    False,
    "AI 没有给出回答，请再试一次",
    "The AI service gave an empty answer. Please try again.",
)
CUT = Verdict(
    ErrorCode.UPSTREAM_UNAVAILABLE,
    False,
    "回答没有传完就中断了，请再试一次",
    "The answer broke off. Please try again.",
)


@dataclass(frozen=True, slots=True)
class Rule:
    verdict: Verdict
    statuses: frozenset[int]
    words: re.Pattern[str]

    def applies(self, status: int | None, said: str) -> bool:
        return status in self.statuses or (status in VAGUE and self.words.search(said) is not None)


def _rule(verdict: Verdict, statuses: tuple[int, ...], words: str) -> Rule:
    return Rule(verdict, frozenset(statuses), re.compile(words, re.IGNORECASE))


# First match wins.
RULES = (
    _rule(
        BLOCKED,
        (451,),
        r"inspection.?failed|content.?(filter|polic)|inappropriate|moderation|censor|审核|敏感|违规"
        r"|sensitive.?(content|word|information)",
    ),
    _rule(
        MISCONFIGURED,
        (402, 510),
        r"insufficient.?(quota|balance)|exceeded your current quota|arrear|exceedlimit|\bbalance\b|余额|欠费",
    ),
    _rule(BUSY, (429,), r"rate.?limit|too many requests|limit_requests|throttl|限流|频繁"),
    _rule(
        MISCONFIGURED,
        (401, 403, 511, 513, 514),
        r"un.?auth|authenti|api.?key|app key|openapi|permission denied|unexist",
    ),
    _rule(TOO_LARGE, (413,), r"too large|exceeds?.{0,30}(size|MB|bytes)"),
    _rule(
        NO_VISION,
        (),
        r"(image|vision|multimodal).{0,60}not.{0,20}support|not.{0,20}support.{0,40}(image|vision|multimodal)",
    ),
    _rule(TOO_LONG, (), r"context.{0,20}(length|window)|maximum.{0,20}(context|tokens?|length)|too (long|many tokens)"),
    _rule(BAD_IMAGE, (415,), r"image|picture|base64|data.?ur[il]|图片|图像"),
    _rule(TIMEOUT, (408, 504, 524), r"time.?out|timed.?out|etimedout"),
    _rule(
        MISCONFIGURED,
        (400, 404, 405, 410, 422, 501, *range(300, 309)),
        r"not.?found|does not exist|no such model|\bis empty",
    ),
)
OWN_STATUS = re.compile(r"\b(40[12348]|413|429|451|50[234]|51[0134])\b")


def judged(status: int | None, said: str, retry_after_s: float | None = None) -> Failure:
    """`said`: the vendor's codes and message, which may open with a status of its own ("429 Rate limit...")."""
    said = said[:2000]
    status = _own_status(said) or status if status in VAGUE else status
    verdict = next((rule.verdict for rule in RULES if rule.applies(status, said)), UNAVAILABLE)
    return verdict.failure(f"{status or ''} {said}", retry_after_s)


def _own_status(said: str) -> int | None:
    found = OWN_STATUS.search(said[:60])
    return int(found[1]) if found else None


def complaint(body: Any) -> str:
    """What an error document says, codes first; "" where it says nothing known."""
    top = as_dict(body)
    inner = as_dict(top.get("error"))
    codes = [
        str(part.get(key)) for part in (inner, top) for key in ("code", "type", "statusText") if _is_code(part.get(key))
    ]
    words = [as_text(inner.get("message")), as_text(top.get("error"))]
    words += [as_text(top.get(key)) for key in ("message", "msg", "detail")]
    return " ".join([*dict.fromkeys(codes), next((text for text in words if text), "")]).strip()


def _is_code(value: Any) -> bool:
    return isinstance(value, str | int) and bool(value)


def refused(status: int, headers: Mapping[str, str], body: bytes, parsed: Any) -> Failure:
    """An answer whose status is no success. `parsed`: its JSON, or None."""
    said = complaint(parsed) if parsed is not None else ""
    if not said:
        said = "a web page: is the base URL right?" if body[:1] == b"<" else body[:2000].decode(errors="replace")
    return judged(status, said, retry_after(headers))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, at most an hour; a date counts from the answer's own Date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    seconds = float(value) if re.fullmatch(r"\d{1,9}(\.\d+)?", value) else _until(value, headers.get("date", ""))
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT_S)


def _until(then: str, now: str) -> float | None:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return None


def of_wire(error: OutboundError) -> Failure:
    verdicts = {
        Trouble.REFUSED: UNAVAILABLE,
        Trouble.TIMEOUT: TIMEOUT,
        Trouble.CUT: CUT,
        Trouble.TOO_LARGE: UNAVAILABLE,
        Trouble.BAD_ADDRESS: MISCONFIGURED,
    }
    return verdicts[error.trouble].failure(str(error))


ADDRESSES = re.compile(r"(https?|data|wss?):\S+")
KEYS = re.compile(r"(?i)\b(?:bearer\s+\S+|(?:sk|pat|app|fastgpt|key)[-_][\w*.-]{4,}|(?=[\w-]*\d)[\w-]{24,})")


def scrubbed(text: str) -> str:
    """Fit for a log: no addresses (they may be signed), nothing that looks like a key, 200 characters."""
    return clipped(KEYS.sub("***", ADDRESSES.sub("<address>", text)), 200)
