"""One dataloader per batched read, fresh for every operation and made when first used."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from domain.accounts.models import Device, User
from domain.accounts.ports import AccountReads
from domain.chat.models import ChatSession, Member, Message, MessageKey, Span
from domain.chat.ports import ChatReads

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """The batched reads of every feature: each answers in the order of its keys."""

    accounts: AccountReads
    chat: ChatReads


class Loaders:
    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    @cached_property
    def users(self) -> DataLoader[UUID, User | None]:
        return _loader(self._reads.accounts.users)

    @cached_property
    def devices(self) -> DataLoader[UUID, list[Device]]:
        """By user."""
        return _loader(self._reads.accounts.devices)

    @cached_property
    def sessions(self) -> DataLoader[tuple[UUID, UUID], ChatSession | None]:
        """By (member, session)."""
        return _loader(self._reads.chat.sessions)

    @cached_property
    def messages(self) -> DataLoader[tuple[UUID, MessageKey], Message | None]:
        """By (member, message)."""
        return _loader(self._reads.chat.messages)

    @cached_property
    def spans(self) -> DataLoader[Span, list[Message]]:
        return _loader(self._reads.chat.spans)

    @cached_property
    def members(self) -> DataLoader[tuple[UUID, UUID], list[Member]]:
        """By (member who asks, session)."""
        return _loader(self._reads.chat.members)


def _loader(read: Callable[[Sequence[K]], Awaitable[list[V]]]) -> DataLoader[K, V]:
    async def batch(keys: list[K]) -> list[V]:
        return await read(keys)

    return DataLoader(batch)
