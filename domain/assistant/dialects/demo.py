"""The dialect without a vendor: says plainly that it is a demonstration, and how to set up a real model."""

import re
from codecs import getincrementaldecoder
from collections.abc import Mapping

from domain.assistant.dialects.texts import clipped
from domain.assistant.dialects.words import Endpoint, Event, Failure, Finished, KeepAlive, Prompt, Reader, Script, Text

ECHO_LIMIT = 40
PIECES = re.compile(r"[!-~]+\s*|.{1,2}", re.DOTALL)

ANSWER = """\
您好！这是一段演示回答：Wellmate 还没有接入真正的 AI 模型，所以下面的话是事先写好的，不是健康建议。

{echo}

要接入真实的模型，请管理员任选一种方式：
1. 在 .env 里填好其中一组，再重新启动服务：
   - FastGPT：WELLMATE_FASTGPT_BASE_URL、WELLMATE_FASTGPT_API_KEY
   - 阶跃星辰（看图）：WELLMATE_STEP_BASE_URL、WELLMATE_STEP_API_KEY、WELLMATE_STEP_MODEL
   - 任何兼容 OpenAI 的服务：WELLMATE_OPENAI_BASE_URL、WELLMATE_OPENAI_API_KEY、WELLMATE_OPENAI_MODEL
2. 用管理员账号在 GraphiQL 里执行 createApiConfig，再用 testApiConfig 试一试。

如果您现在身体不适，请联系医生；情况紧急请立即拨打 120。"""


class Demo:
    def __init__(self, pause_s: float = 0.03) -> None:
        self._pause_s = pause_s

    def call(self, endpoint: Endpoint, prompt: Prompt) -> Script:
        pieces = PIECES.findall(ANSWER.format(echo=_echo(prompt)))
        return Script(tuple(piece.encode() for piece in pieces), self._pause_s)

    def reader(self) -> Reader:
        return PlainReader()


def _echo(prompt: Prompt) -> str:
    asked = next((turn for turn in reversed(prompt.turns) if turn.role == "user"), None)
    if asked is None:
        return "您还没有提问。"
    text = clipped(" ".join(asked.text.split()), ECHO_LIMIT)
    images = f"您发来了 {len(asked.image_urls)} 张图片，演示模式看不了图片。" if asked.image_urls else ""
    return (f"您刚才说：“{text}”。" if text else "") + images


class PlainReader:
    """Reads bare UTF-8."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """There is none."""

    def feed(self, chunk: bytes) -> list[Event]:
        text = self._decoder.decode(chunk)
        return [Text(text)] if text else [KeepAlive()]

    def close(self, broken: Failure | None = None) -> list[Event]:
        return [broken or Finished()]
