"""What the assistant needs from outside."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.assistant.cursors import Cursor
from domain.assistant.interactions import InteractionStore
from domain.assistant.models import ApiConfig, Claim, DialogConfig, Feedback, Outcome, Provider, Run
from domain.audit import AuditStore
from domain.chat.models import Message, MessageKey
from domain.chat.ports import ChatWork


class ReplyStore(Protocol):
    """Statements on replies inside one transaction."""

    async def regenerated(self, session_id: UUID, asker_id: UUID, client_key: str) -> MessageKey | None:
        """The reply that was asked for anew under this client key."""

    async def run(self, key: MessageKey) -> Run | None: ...

    async def claim(self, key: MessageKey) -> Claim | None:
        """Attempt + 1; what is still being asked has lost its worker. None when the reply is over, or gone."""

    async def take_over(self, claim: Claim) -> Claim | None:
        """Attempt + 1 by whoever holds the claim. None when another one has taken over."""

    async def holds(self, claim: Claim) -> bool:
        """False when another one has taken over."""

    async def release(self, claim: Claim) -> bool:
        """It counts no longer as a claim. False when another one has taken over."""

    async def finish(self, claim: Claim, outcome: Outcome) -> bool:
        """Stores text and status together. False when another attempt has taken over: then nothing is stored."""

    async def stop(self, key: MessageKey) -> bool:
        """One that nobody has begun is over at once; whoever generates is asked to stop. False when it is over."""

    async def stop_all(self, session_id: UUID, question_seq: int | None = None) -> None:
        """Stops what is queued or generated in the session, of one question or of all."""

    async def rate(self, key: MessageKey, user_id: UUID, feedback: Feedback | None) -> None: ...

    async def conversation(
        self, session_id: UUID, *, until: int, limit: int, known: Sequence[Message] = ()
    ) -> list[Message]:
        """The newest `limit` messages up to seq `until`, oldest first. Of those `known` only the changed are read."""


class Histories(Protocol):
    """What was said last in conversations, kept for a while. The database has the last word."""

    async def known(self, session_id: UUID) -> list[Message]: ...

    async def keep(self, session_id: UUID, messages: Sequence[Message]) -> None: ...


class JobQueue(Protocol):
    async def enqueue_next(self, session_id: UUID) -> None:
        """The oldest reply of the session that is not over, if there is one."""

    async def hand_over_reply(self, key: MessageKey) -> None:
        """A new job instead of the one that this process has."""


class ConfigStore(Protocol):
    """Statements on api_configs and dialog_configs inside one transaction."""

    async def add_api(self, values: Mapping[str, Any]) -> ApiConfig | None:
        """None when the name is taken."""

    async def change_api(self, api_id: UUID, values: Mapping[str, Any]) -> ApiConfig | None: ...

    async def delete_api(self, api_id: UUID) -> bool: ...

    async def provider(self, api_id: UUID) -> Provider | None: ...

    async def record_failure(self, api_id: UUID) -> int:
        """Failures in a row, this one included."""

    async def pause(self, api_id: UUID, until: datetime) -> None: ...

    async def record_success(self, api_id: UUID) -> None: ...

    async def probe(self, api_id: UUID, until: datetime) -> bool:
        """Whether a paused provider may be tried now; only one asker gets it until `until`."""

    async def enabled_providers(self) -> list[Provider]:
        """Oldest first."""

    async def add_dialog(self, values: Mapping[str, Any]) -> DialogConfig | None:
        """None when the slug is taken."""

    async def change_dialog(self, dialog_id: UUID, values: Mapping[str, Any]) -> DialogConfig | None: ...

    async def delete_dialog(self, dialog_id: UUID) -> bool: ...

    async def locked_dialog(self, dialog_id: UUID) -> DialogConfig | None:
        """As it stays until the end of the transaction, enabled or not."""

    async def dialog(self, slug: str) -> DialogConfig | None:
        """Only an enabled one."""


class ConfigReads(Protocol):
    async def apis(self, ids: Sequence[UUID]) -> list[ApiConfig | None]: ...

    async def all_apis(self) -> list[ApiConfig]: ...

    async def dialogs(self, ids: Sequence[UUID]) -> list[DialogConfig | None]: ...

    async def dialogs_by_slug(self, slugs: Sequence[str]) -> list[DialogConfig | None]:
        """Only enabled ones."""

    async def all_dialogs(self) -> list[DialogConfig]: ...


class Departures(Protocol):
    def watch(self, session_id: UUID) -> AbstractContextManager[asyncio.Event]:
        """Set whenever somebody may have left the session, in whatever process: look again who is in it."""


class ReplyReads(Protocol):
    async def run(self, member_id: UUID, key: MessageKey) -> Run | None:
        """None unless it is an AI reply that the member may see."""

    async def feedback(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Feedback | None]:
        """Keys: (who rated, reply)."""


class AssistantWork(ChatWork, Protocol):
    @property
    def replies(self) -> ReplyStore: ...
    @property
    def configs(self) -> ConfigStore: ...
    @property
    def jobs(self) -> JobQueue: ...
    @property
    def interactions(self) -> InteractionStore: ...
    @property
    def audit(self) -> AuditStore: ...


class Growth(Protocol):
    """What a reply has grown by: `text` from the watcher's position on, or from the start when `reset`."""

    @property
    def cursor(self) -> Cursor: ...
    @property
    def text(self) -> str: ...
    @property
    def reset(self) -> bool: ...


class Feed(Protocol):
    """The growing texts of replies, seen by every process. A hint: the database has the last word."""

    async def begin(self, key: MessageKey, attempt: int) -> None:
        """What an older attempt said is withdrawn."""

    async def append(self, key: MessageKey, attempt: int, text: str) -> None: ...

    async def said(self, key: MessageKey) -> str:
        """What the newest attempt has said so far, as far as it is known here."""

    async def end(self, key: MessageKey, attempt: int) -> None: ...

    async def release(self, key: MessageKey) -> None:
        """This process generates it no longer."""

    def follow(
        self, key: MessageKey, after: Cursor | None, *, patience_s: float
    ) -> AsyncGenerator[Growth | None, None]:
        """Ends when the reply does. None after each `patience_s` of silence: time to look at the database."""
