"""One question to a vendor that answers in JSON, its silence turned into words for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import UpstreamTimeout, UpstreamUnavailable
from domain.outbound import Call, Outbound, OutboundError, Trouble


@dataclass(frozen=True, slots=True)
class Vendor:
    """Its name in a sentence; `after_timeout`: what somebody should know when no answer came."""

    zh: str
    en: str
    after_timeout_zh: str = "请稍后再试"
    after_timeout_en: str = "please try again later"

    def unavailable(self) -> UpstreamUnavailable:
        return UpstreamUnavailable(f"{self.zh}暂时不可用，请稍后再试", f"{self.en} is not available at the moment.")

    def silent(self) -> UpstreamTimeout:
        return UpstreamTimeout(
            f"{self.zh}没有及时回应，{self.after_timeout_zh}",
            f"{self.en} did not answer in time; {self.after_timeout_en}.",
        )


def present(reply: Mapping[str, Any], name: str, vendor: Vendor) -> Any:
    """What an answer must hold. Raises UpstreamUnavailable when it does not."""
    value = reply.get(name)
    if not value:
        raise vendor.unavailable()
    return value


async def asked(outbound: Outbound, call: Call, vendor: Vendor, timeout_s: float) -> dict[str, Any]:
    """The JSON object of the answer, whatever its status. Raises UpstreamTimeout or UpstreamUnavailable."""
    try:
        response = await outbound.send(call, timeout_s=timeout_s)
    except OutboundError as error:
        raise (vendor.silent() if error.trouble is Trouble.TIMEOUT else vendor.unavailable()) from error
    try:
        reply = response.json()
    except ValueError:
        raise vendor.unavailable() from None  # a proxy's page of HTML, say
    if not isinstance(reply, dict):
        raise vendor.unavailable()
    return reply
