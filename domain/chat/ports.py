"""What the conversation needs from outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar
from uuid import UUID

from domain.chat.models import (
    ChatSession,
    Draft,
    Member,
    Message,
    MessageKey,
    NewSession,
    SessionChange,
    SessionKind,
    Span,
)
from domain.paging import Page


class ChatStore(Protocol):
    """Statements inside one transaction."""

    async def create_session(self, new: NewSession) -> bool:
        """False when the owner's `created_key` exists already."""

    async def created_session(self, owner_id: UUID, created_key: str) -> UUID | None: ...

    async def session(self, member_id: UUID, session_id: UUID) -> ChatSession | None: ...

    async def append(self, draft: Draft) -> Message | None:
        """The stored message with its seq; None when the sender's `client_key` exists in the session already."""

    async def sent_before(self, session_id: UUID, sender_id: UUID, client_key: str) -> Message | None: ...

    async def reply_to(self, session_id: UUID, seq: int) -> Message | None:
        """The first AI reply to the message `seq`."""

    async def advance_read(self, session_id: UUID, member_id: UUID, seq: int) -> None: ...

    async def change_session(self, member_id: UUID, session_id: UUID, change: SessionChange) -> None: ...

    async def delete_session(self, session_id: UUID) -> None: ...


class ChatReads(Protocol):
    """Batched reads: one statement for all keys, answers in the order of the keys."""

    async def sessions(self, keys: Sequence[tuple[UUID, UUID]]) -> list[ChatSession | None]:
        """Keys: (member, session). None where the user is not a member."""

    async def messages(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Message | None]:
        """Keys: (member, message). None where the user may not see it."""

    async def spans(self, spans: Sequence[Span]) -> list[list[Message]]: ...

    async def members(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[Member]]:
        """Keys: (member, session). Empty where the user is not a member."""

    async def sessions_of(
        self, user_id: UUID, *, kind: SessionKind | None, archived: bool, limit: int, after: str | None
    ) -> Page[ChatSession]: ...


class ChatWork(Protocol):
    @property
    def chat(self) -> ChatStore: ...


W_co = TypeVar("W_co", covariant=True)
W_contra = TypeVar("W_contra", contravariant=True)


class OpensWork(Protocol[W_co]):
    def __call__(self) -> AbstractAsyncContextManager[W_co]: ...


class Responder(Protocol[W_contra]):
    """Whoever may answer what people say; asked inside the transaction that stores the message."""

    async def check_assistant(self, work: W_contra, slug: str) -> None:
        """Raises BadUserInput when no such assistant can be talked to."""

    async def respond(self, work: W_contra, session: ChatSession, message: Message) -> Message | None: ...


class Silence:
    """The responder of a chat without AI."""

    async def check_assistant(self, work: object, slug: str) -> None:
        return None

    async def respond(self, work: object, session: ChatSession, message: Message) -> Message | None:
        return None
