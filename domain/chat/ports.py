"""What the conversation needs from outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from domain.chat.events import NewEvent
from domain.chat.models import (
    ChatSession,
    Draft,
    Listing,
    Member,
    Message,
    MessageKey,
    NewSession,
    Said,
    SessionChange,
    Span,
)
from domain.files.models import File
from domain.needs import Needs
from domain.paging import Page


class ChatStore(Protocol):
    """Statements inside one transaction."""

    async def create_session(self, new: NewSession) -> bool:
        """False when the owner's `created_key` exists already."""

    async def created_session(self, owner_id: UUID, created_key: str) -> UUID | None: ...

    async def session(self, member_id: UUID, session_id: UUID, *, hold: bool = False) -> ChatSession | None:
        """`hold`: until the transaction ends nobody else changes the session, its members or its messages' order."""

    async def message(self, key: MessageKey) -> Message | None: ...

    async def say(self, draft: Draft, answerer: str | None = None) -> Said | None:
        """The message with its seq, read by its sender; None when its `client_key` exists in the session already.

        `answerer`: the assistant whose reply stands behind it, pending, with the job to generate it.
        """

    async def ask_again(self, question: Message, asker_id: UUID, answerer: str, client_key: str) -> Message:
        """Another pending reply, with its job."""

    async def sent_before(self, session_id: UUID, sender_id: UUID, client_key: str) -> Message | None: ...

    async def reply_to(self, session_id: UUID, seq: int) -> Message | None:
        """The first AI reply to the message `seq`."""

    async def advance_read(self, session_id: UUID, member_id: UUID, seq: int) -> bool:
        """False when it had been read already."""

    async def recall(self, key: MessageKey, sender_id: UUID, since: datetime) -> Message | None:
        """The message without its content; None unless the sender said it at `since` or later."""

    async def member(self, session_id: UUID, user_id: UUID) -> Member: ...

    async def members(self, session_id: UUID) -> list[Member]:
        """In the order of joining."""

    async def join(self, session_id: UUID, user_ids: set[UUID]) -> set[UUID]:
        """Those who are members now; unknown and disabled users are not."""

    async def remove_member(self, session_id: UUID, user_id: UUID) -> bool: ...

    async def set_owner(self, session_id: UUID, user_id: UUID) -> None: ...

    async def tell(self, event: NewEvent) -> None:
        """Stores an event that is not about a message."""

    async def change_session(self, member_id: UUID, session_id: UUID, change: SessionChange) -> None: ...

    async def delete_session(self, session_id: UUID) -> None: ...


class MessageFiles(Protocol):
    """Statements on the pictures of messages inside one transaction."""

    async def attach(self, key: MessageKey, owner_id: UUID, file_ids: Sequence[UUID]) -> bool:
        """False unless every one is a READY picture of this owner."""

    async def of_messages(self, session_id: UUID, seqs: Sequence[int]) -> dict[int, list[File]]:
        """By seq, each in its order; messages without any are left out."""


class ChatReads(Protocol):
    """Batched reads: one statement for all keys, answers in the order of the keys. What `needs` does not name may
    lack."""

    async def sessions(self, keys: Sequence[tuple[UUID, UUID]], needs: Needs | None = None) -> list[ChatSession | None]:
        """Keys: (member, session). None where the user is not a member."""

    async def messages(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Message | None]:
        """Keys: (member, message). None where the user may not see it."""

    async def overseen_sessions(self, keys: Sequence[tuple[UUID, UUID]]) -> list[ChatSession | None]:
        """For admins, by (who asks, session): of a session that one is not in, only what stands on it."""

    async def overseen_messages(self, keys: Sequence[MessageKey]) -> list[Message | None]:
        """For admins."""

    async def spans(self, spans: Sequence[Span], needs: Needs | None = None) -> list[list[Message]]: ...

    async def members(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[Member]]:
        """Keys: (member, session). Empty where the user is not a member."""

    async def files(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[list[File]]:
        """Keys: (member, message). Empty where the user may not see it."""

    async def search(
        self, user_id: UUID, text: str, *, session_id: UUID | None, limit: int, after: str | None
    ) -> Page[Message]:
        """Messages with the text in the user's sessions, newest first."""

    async def listings(self, keys: Sequence[Listing], needs: Needs | None = None) -> list[Page[ChatSession]]: ...


class ChatWork(Protocol):
    @property
    def chat(self) -> ChatStore: ...
    @property
    def message_files(self) -> MessageFiles: ...


W_co = TypeVar("W_co", covariant=True)
W_contra = TypeVar("W_contra", contravariant=True)


class OpensWork(Protocol[W_co]):
    def __call__(self) -> AbstractAsyncContextManager[W_co]: ...


class Responder(Protocol[W_contra]):
    """Whoever may answer what people say; asked inside the transaction that stores the message."""

    async def check_assistant(self, work: W_contra, slug: str) -> None:
        """Raises BadUserInput when no such assistant can be talked to."""

    async def answerer(self, work: W_contra, session: ChatSession, draft: Draft) -> str | None:
        """The assistant that is to answer. Raises BadUserInput where nobody could look at the pictures."""

    async def hush(self, work: W_contra, session_id: UUID) -> None:
        """Whoever is answering in the session stops."""

    async def forget(self, work: W_contra, recalled: Message) -> None:
        """Nobody answers it any more, and copies of its words go."""


class Silence:
    """The responder of a chat without AI."""

    async def check_assistant(self, work: object, slug: str) -> None:
        return None

    async def answerer(self, work: object, session: ChatSession, draft: Draft) -> str | None:
        return None

    async def hush(self, work: object, session_id: UUID) -> None:
        return None

    async def forget(self, work: object, recalled: Message) -> None:
        return None
