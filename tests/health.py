"""Health data as the composition root puts it together, and measurements to store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from domain.clock import Clock, new_id, utc_now
from domain.health.models import DataSource, Given, Metric, Reading
from domain.health.service import HealthService
from domain.viewer import AccessRole, CareRole, Viewer
from persistence.engine import Database, open_database
from persistence.health_reads import HealthReadStatements
from persistence.tables.accounts import users
from persistence.work import work_on

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A database, the service over it, and people."""

    database: Database
    service: HealthService

    async def person(self, timezone: str = "Asia/Shanghai", birth_date: date | None = None) -> Viewer:
        user_id = new_id()
        values = {
            "id": user_id,
            "access_role": "USER",
            "care_role": "PATIENT",
            "locale": "zh-CN",
            "timezone": timezone,
            "font_scale": 1.0,
            "notify": True,
            "birth_date": birth_date,
        }
        async with self.database.transaction() as connection:
            await connection.execute(insert(users).values(values))
        return viewer_of(user_id)

    async def rows(self, statement: str, **given: Any) -> list[tuple[Any, ...]]:
        async with self.database.reading() as connection:
            return [tuple(row) for row in (await connection.execute(text(statement), given)).all()]

    async def do(self, command: str) -> None:
        """Outside any transaction."""
        async with self.database.reading() as connection:
            await connection.execute(text(command))


def viewer_of(user_id: UUID) -> Viewer:
    later = utc_now() + timedelta(hours=1)
    return Viewer(user_id, AccessRole.USER, CareRole.PATIENT, new_id(), "token", later)


@asynccontextmanager
async def opened(dsn: str, clock: Clock = utc_now) -> AsyncIterator[Clinic]:
    database = open_database(dsn)
    try:
        yield Clinic(database, HealthService(work_on(database), HealthReadStatements(database), clock))
    finally:
        await database.close()


def measured(metric: Metric, value: object, at: datetime = NOON, **changes: Any) -> Given:
    fields: dict[str, Any] = {"unit": None, "source": DataSource.MANUAL}
    return Given(metric=metric, reading=Reading(Decimal(str(value))), effective_at=at, **fields | changes)


def pressure(systolic: object, diastolic: object, at: datetime = NOON, **changes: Any) -> Given:
    reading = Reading(systolic=Decimal(str(systolic)), diastolic=Decimal(str(diastolic)))
    fields: dict[str, Any] = {"unit": None, "source": DataSource.MANUAL}
    return Given(metric=Metric.BLOOD_PRESSURE, reading=reading, effective_at=at, **fields | changes)
