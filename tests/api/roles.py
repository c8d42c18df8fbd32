"""Roles for tests, given where a superadmin's mutation would write them."""

import uuid

from sqlalchemy import update

from domain.viewer import CareRole
from persistence.tables.accounts import users
from tests.api.client import Person
from tests.api.serving import Served


async def become(app: Served, person: Person, role: CareRole) -> None:
    async with app.house.database.transaction() as connection:
        statement = update(users).where(users.c.id == uuid.UUID(person.id)).values(care_role=role.value)
        await connection.execute(statement)
