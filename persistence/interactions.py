"""Statements on what was asked of providers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Update, Uuid, case, func, null, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from domain.assistant.interactions import InteractionFilter
from domain.assistant.models import AiInteraction, RunStatus
from domain.chat.models import MessageKey
from domain.errors import ErrorCode
from domain.paging import Page
from persistence.arrays import unnested
from persistence.connection import Connection
from persistence.engine import Database
from persistence.keyset import after_moment, moment_cursor, read_slice
from persistence.tables.assistant import ai_interactions

WORDS = ("request_content", "response_content", "error_message")
KEPT = ("id", "session_id", "question_seq", "reply_seq", "created_at")


def _write() -> Insert:
    """What was forgotten meanwhile stays so."""
    statement = insert(ai_interactions)
    new = statement.excluded
    changed: dict[str, ColumnElement[Any]] = {c.name: new[c.name] for c in ai_interactions.c if c.name not in KEPT}
    forgotten = ai_interactions.c.request_content.is_(None)
    changed |= {name: case((forgotten, null()), else_=new[name]) for name in WORDS}
    return statement.on_conflict_do_update(index_elements=["id"], set_=changed)


def _note() -> Update:
    """What is over has its last words already."""
    running = ai_interactions.c.status == RunStatus.RUNNING.value, ai_interactions.c.request_content.is_not(None)
    return (
        update(ai_interactions)
        .where(ai_interactions.c.id == NOTED.c.interaction, *running)
        .values(response_content=func.jsonb_build_object("text", NOTED.c.said))
    )


WRITE = _write()
NOTED = unnested("noted", interaction=Uuid, said=Text)
NOTE = _note()


class InteractionStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def write(self, interaction: AiInteraction) -> None:
        values = {column.name: getattr(interaction, column.name) for column in ai_interactions.c}
        values["status"] = interaction.status.value
        values["error_code"] = interaction.error_code.value if interaction.error_code is not None else None
        await self._connection.execute(WRITE, values)

    async def forget(self, key: MessageKey) -> None:
        await self._connection.execute(
            update(ai_interactions)
            .where(ai_interactions.c.session_id == key.session_id, ai_interactions.c.question_seq >= key.seq)
            .values(dict.fromkeys(WORDS))
        )

    async def note(self, said: Mapping[UUID, str]) -> None:
        await self._connection.execute(NOTE, {"interaction": list(said), "said": list(said.values())})

    async def said(self, key: MessageKey) -> str:
        text = ai_interactions.c.response_content["text"].astext
        of_reply = ai_interactions.c.session_id == key.session_id, ai_interactions.c.reply_seq == key.seq
        newest = select(text).where(*of_reply, text != "").order_by(ai_interactions.c.created_at.desc()).limit(1)
        return str((await self._connection.execute(newest)).scalar() or "")

    async def forget_contents(self, before: datetime, most: int) -> int:
        """Patients' words go, and what providers said of them; figures stay. Returns how many rows lost theirs."""
        told = ai_interactions.c.request_content.is_not(None)
        old = select(ai_interactions.c.id).where(ai_interactions.c.created_at < before, told).limit(most)
        forgotten = await self._connection.execute(
            update(ai_interactions).where(ai_interactions.c.id.in_(old)).values(dict.fromkeys(WORDS))
        )
        return forgotten.rowcount


class InteractionReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def interactions(self, wanted: InteractionFilter, *, limit: int, after: str | None) -> Page[AiInteraction]:
        query = select(ai_interactions).where(*_conditions(wanted))
        order = (ai_interactions.c.created_at, ai_interactions.c.id)
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, order, limit=limit, after=after_moment(after))
        return Page.of(list(map(interaction_of, found.rows)), _cursor, more=found.more, earlier=found.earlier)


def interaction_of(row: Sequence[Any]) -> AiInteraction:
    values = dict(zip(ai_interactions.c.keys(), row, strict=True))
    code = values["error_code"]
    known = {"status": RunStatus(values["status"]), "error_code": ErrorCode(code) if code is not None else None}
    return AiInteraction(**values | known)


def _conditions(wanted: InteractionFilter) -> list[Any]:
    table = ai_interactions.c
    wishes: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.session_id, lambda session_id: table.session_id == session_id),
        (wanted.status, lambda status: table.status == status.value),
        (wanted.since, lambda since: table.created_at >= since),
        (wanted.until, lambda until: table.created_at < until),
    ]
    return [condition(value) for value, condition in wishes if value is not None]


def _cursor(interaction: AiInteraction) -> str:
    return moment_cursor(interaction.created_at, interaction.id)
