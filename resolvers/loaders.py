"""One loader per batched read, fresh for every operation and made when first used."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from compiled.loading import Loader
from compiled.merge import Merged
from domain.accounts.models import Device, User
from domain.accounts.ports import AccountReads
from domain.assistant.models import ApiConfig, DialogConfig, Feedback
from domain.assistant.ports import ConfigReads, ReplyReads
from domain.assistant.providers import seeing
from domain.chat.models import ChatSession, Listing, Member, Message, MessageKey, Span
from domain.chat.paging import Bounds, page_of
from domain.chat.ports import ChatReads
from domain.errors import NotFound
from domain.files.models import File
from domain.files.work import FileReads
from domain.freshness import Freshness
from domain.needs import Needs
from domain.paging import Page
from domain.records.models import Record
from domain.records.ports import RecordReads
from transport.ports import Withdrawn


class PageKey(NamedTuple):
    """The span, and what tells whether more lies on either side. A tuple: many are hashed."""

    span: Span
    bounds: Bounds


class SessionGone(NotFound, Withdrawn):
    """The member has no such session, or no more: what is told of it live is not sent."""


K = TypeVar("K", bound=Hashable)
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)
V = TypeVar("V")


Read = Callable[[Sequence[K]], Awaitable[list[V]]]
MOST_NARROW = 100


class NarrowRead(Protocol[K_contra, V]):
    """A read that can leave out what nobody needs."""

    def __call__(self, keys: Sequence[K_contra], /, needs: Needs | None = None) -> Awaitable[list[V]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """The batched reads of every feature, one object a process: each answers in the order of its keys."""

    accounts: AccountReads
    chat: ChatReads
    configs: ConfigReads
    files: FileReads
    replies: ReplyReads
    records: RecordReads
    _merged: dict[Read[Any, Any], Merged[Any, Any]] = field(default_factory=dict, init=False)
    narrow: Callable[..., Merged[Any, Any]] = field(default_factory=lambda: lru_cache(MOST_NARROW)(_narrow), init=False)
    """A read of what is needed alone, merged with those that need the same."""

    def merged(self, read: Read[K, V]) -> Merged[K, V]:
        """The same read, merged with those of concurrent requests: it takes distinct keys."""
        if read not in self._merged:
            self._merged[read] = Merged(read)
        return self._merged[read]


def _narrow(read: NarrowRead[Any, Any], needs: Needs) -> Merged[Any, Any]:
    return Merged(partial(read, needs=needs))


@dataclass(frozen=True, slots=True)
class LaggingReads:
    """The same reads where the newest writes may be missing for a moment, and who may read there."""

    reads: Reads
    freshness: Freshness


def _demanding(
    missing: Callable[[], NotFound], read: Callable[[Sequence[K]], Awaitable[Sequence[V | None]]]
) -> Callable[[Sequence[K]], Awaitable[list[V | Exception]]]:
    async def batch(keys: Sequence[K]) -> list[V | Exception]:
        return [missing() if found is None else found for found in await read(keys)]

    return batch


def _as_it_is(read: Any) -> Any:
    return read


class Loaders:
    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    @cached_property
    def users(self) -> Loader[UUID, User | None]:
        return self._narrowing(self._reads.accounts.users)

    @cached_property
    def known_users(self) -> Loader[UUID, User]:
        """Raises NotFound where there is no such user."""
        return self._narrowing(self._reads.accounts.users, partial(_demanding, NotFound))

    @cached_property
    def devices(self) -> Loader[UUID, list[Device]]:
        """By user."""
        return self._loader(self._reads.accounts.devices)

    @cached_property
    def sessions(self) -> Loader[tuple[UUID, UUID], ChatSession]:
        """By (member, session). Raises SessionGone where the member has no such session."""
        return self._narrowing(self._reads.chat.sessions, partial(_demanding, SessionGone))

    @cached_property
    def session_pages(self) -> Loader[Listing, Page[ChatSession]]:
        return self._narrowing(self._reads.chat.listings)

    @cached_property
    def own_messages(self) -> Loader[tuple[UUID, MessageKey], Message]:
        """By (member, message). Raises NotFound where the member has no such message."""
        return self._demanding(self._reads.chat.messages)

    @cached_property
    def records(self) -> Loader[tuple[UUID, UUID], Record]:
        """By (owner, record). Raises NotFound where the owner has no such record."""
        return self._demanding(self._reads.records.records)

    @cached_property
    def record_files(self) -> Loader[tuple[UUID, UUID], list[File]]:
        """By (owner, record)."""
        return self._loader(self._reads.records.files)

    @cached_property
    def messages(self) -> Loader[tuple[UUID, MessageKey], Message | None]:
        """By (member, message)."""
        return self._loader(self._reads.chat.messages)

    @cached_property
    def message_files(self) -> Loader[tuple[UUID, MessageKey, bool], list[File]]:
        """By (member, message, whether it is of a kind that shows files): a page of texts needs no read."""
        return Loader(partial(_message_files, self._reads))

    @cached_property
    def overseen_sessions(self) -> Loader[tuple[UUID, UUID], ChatSession]:
        """For admins, by (who asks, session)."""
        return self._demanding(self._reads.chat.overseen_sessions)

    @cached_property
    def overseen_messages(self) -> Loader[MessageKey, Message]:
        """For admins."""
        return self._demanding(self._reads.chat.overseen_messages)

    @cached_property
    def message_pages(self) -> Loader[PageKey, Page[Message]]:
        return self._narrowing(self._reads.chat.spans, partial(partial, _message_pages))

    @cached_property
    def members(self) -> Loader[tuple[UUID, UUID], list[Member]]:
        """By (member who asks, session)."""
        return self._loader(self._reads.chat.members)

    @cached_property
    def feedback(self) -> Loader[tuple[UUID, MessageKey], Feedback | None]:
        """By (who rated, reply)."""
        return self._loader(self._reads.replies.feedback)

    @cached_property
    def own_files(self) -> Loader[tuple[UUID, UUID], File]:
        """By (owner, file). Raises NotFound where the owner has no such file."""
        return self._demanding(self._reads.files.own)

    @cached_property
    def avatars(self) -> Loader[tuple[UUID, UUID], File | None]:
        """By (whose, file)."""
        return self._loader(self._reads.files.avatars)

    @cached_property
    def api_configs(self) -> Loader[UUID, ApiConfig | None]:
        return self._loader(self._reads.configs.apis)

    @cached_property
    def dialog_configs(self) -> Loader[UUID, DialogConfig | None]:
        return self._loader(self._reads.configs.dialogs)

    @cached_property
    def seeing(self) -> Loader[tuple[UUID | None], bool]:
        """Whether anybody looks at pictures, by the api_config that an assistant names for them."""
        return Loader(partial(_seeing, self._reads))

    @cached_property
    def assistants(self) -> Loader[str, DialogConfig | None]:
        """By slug; only enabled ones."""
        return self._loader(self._reads.configs.dialogs_by_slug)

    def _loader(self, read: Read[K, V]) -> Loader[K, V]:
        return Loader(self._reads.merged(read))

    def _demanding(self, read: Read[K, V | None]) -> Loader[K, V]:
        """What is missing is an error of its own field, not a null."""
        return Loader(_demanding(NotFound, self._reads.merged(read)))

    def _narrowing(self, read: NarrowRead[Any, Any], finish: Callable[[Any], Any] = _as_it_is) -> Loader[Any, Any]:
        """Where `read` can leave out what nobody needs. `finish` makes the loader's read of a merged one."""
        reads = self._reads
        return Loader(finish(reads.merged(read)), lambda needs: finish(reads.narrow(read, needs)))


# Not methods: a loader that names its Loaders would make a cycle, which keeps all that was read.
async def _message_files(reads: Reads, keys: Sequence[tuple[UUID, MessageKey, bool]]) -> list[list[File]]:
    asked = [(member, key) for member, key, shows in keys if shows]
    found = await reads.merged(reads.chat.files)(asked) if asked else []
    known = dict(zip(asked, found, strict=True))
    return [known.get((member, key), []) for member, key, _ in keys]


async def _message_pages(
    read: Callable[[Sequence[Span]], Awaitable[Sequence[list[Message]]]], keys: Sequence[PageKey]
) -> list[Page[Message]]:
    found = await read([key.span for key in keys])
    return [page_of(key.bounds, key.span, messages) for key, messages in zip(keys, found, strict=True)]


async def _seeing(reads: Reads, keys: Sequence[tuple[UUID | None]]) -> list[bool]:
    enabled = [config for config in await reads.configs.all_apis() if config.enabled]
    return [seeing(image_api_id, enabled) is not None for (image_api_id,) in keys]
