"""Statements that sum up how the installation does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Float, func, literal, select

from domain.assistant.models import RunStatus
from domain.chat.events import EventKind
from domain.figures import Answers, Traffic
from domain.logs import LogKind
from persistence.engine import Database
from persistence.tables.assistant import ai_interactions
from persistence.tables.chat import replies
from persistence.tables.events import session_events
from persistence.tables.logs import log_entries

HALF_AND_MOST = func.percentile_cont(literal((0.5, 0.95), ARRAY(Float)))
ENDED = (RunStatus.SUCCEEDED.value, RunStatus.FAILED.value)
UNFINISHED = (RunStatus.QUEUED.value, RunStatus.RUNNING.value)


class FigureReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def traffic(self, since: datetime) -> Traffic:
        requests = select(HALF_AND_MOST.within_group(log_entries.c.duration_ms)).where(
            log_entries.c.at >= since,
            log_entries.c.kind == LogKind.REQUEST.value,
            log_entries.c.detail["type"].astext != "subscription",
        )
        messages = (
            select(func.count())
            .select_from(session_events)
            .where(session_events.c.created_at >= since, session_events.c.kind == EventKind.MESSAGE_ADDED.value)
        )
        p50_ms, p95_ms = (await self._one(requests))[0] or (0.0, 0.0)
        return Traffic(p50_ms, p95_ms, (await self._one(messages))[0])

    async def answers(self, since: datetime) -> Answers:
        succeeded = ai_interactions.c.status == RunStatus.SUCCEEDED.value
        query = select(
            func.count().filter(succeeded),
            func.count().filter(ai_interactions.c.status.in_(ENDED)),
            HALF_AND_MOST.within_group(ai_interactions.c.duration_ms).filter(succeeded),
        ).where(ai_interactions.c.created_at >= since)
        good, ended, times = await self._one(query)
        return Answers(good / ended if ended else None, *(times or (None, None)))

    async def unfinished(self) -> Mapping[str, int]:
        """Replies by status."""
        query = (
            select(replies.c.status, func.count()).where(replies.c.status.in_(UNFINISHED)).group_by(replies.c.status)
        )
        async with self._database.reading() as connection:
            found = {row[0]: row[1] for row in await connection.execute(query)}
        return {status: found.get(status, 0) for status in UNFINISHED}

    async def _one(self, query: Any) -> Any:
        async with self._database.reading() as connection:
            return (await connection.execute(query)).one()
