"""How often somebody may do something, and where they are."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
CROWD = 50


class Allowance(NamedTuple):
    """So many `times` in so many `seconds`, counted from the first. A tuple, as every operation looks one up."""

    name: str
    times: int
    seconds: int


class Limiter(Protocol):
    async def take(self, allowance: Allowance, *keys: str, cost: int = 1) -> None:
        """Counts one use by whom `keys` name. Raises RateLimited when the allowance was used up already."""

    async def check(self, allowance: Allowance, *keys: str) -> None:
        """Counts nothing. Raises RateLimited when the allowance is used up."""


@dataclass(frozen=True, slots=True)
class Networks:
    """`shared`: networks with many people behind one address, such as a hospital's. `proxies`: in front of us."""

    shared: Sequence[Network] = ()
    proxies: Sequence[Network] = ()

    def share(self, allowance: Allowance, address: str) -> Allowance:
        """The allowance of everybody at this address together."""
        if _is_in(self.shared, address):
            return allowance._replace(times=allowance.times * CROWD)
        return allowance

    def client(self, peer: str, forwarded_for: str | None) -> str:
        """Who called: the last hop of X-Forwarded-For that is no proxy of ours; before it stands what anybody wrote."""
        if not self.proxies:
            return peer
        hops = [hop.strip() for hop in (forwarded_for or "").split(",")]
        address = peer
        while hops and _is_in(self.proxies, address) and _parsed(hops[-1]) is not None:
            address = hops.pop()
        return address


def networks_from(text: str) -> list[Network]:
    """Networks and addresses, separated by commas. Raises ValueError."""
    return [ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]


@lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """What counts as one client: of IPv6, everybody has a whole /64 to choose from."""
    ip = _parsed(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip) if ip is not None else address


def _is_in(networks: Sequence[Network], address: str) -> bool:
    ip = _parsed(address)
    return ip is not None and any(ip in network for network in networks)


@lru_cache(maxsize=10_000)
def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
