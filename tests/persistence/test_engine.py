"""An error of the database …"""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text

from domain.traces import trace_of
from persistence.engine import Database, open_database

SECRET = "胸口痛得睡不着"
STATEMENTS = {
    "taken": "INSERT INTO patients VALUES (:words)",
    "not a number": "SELECT CAST(CAST(:words AS text) AS integer)",
    "too long": "INSERT INTO shortly VALUES (:words)",
}


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = open_database(database_dsn)
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE patients (words text CONSTRAINT patients_words_key UNIQUE)"))
        await connection.execute(text("CREATE TABLE shortly (words varchar(2))"))
        await connection.execute(text("INSERT INTO patients VALUES (:words)"), {"words": SECRET})
    yield database
    await database.close()


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_leaves_a_trace_without_words(database: Database, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with database.transaction() as connection:
            await connection.execute(text(STATEMENTS[statement]), {"words": SECRET})
    trace = "\n".join(trace_of(caught.value))
    assert SECRET not in trace
    assert "sqlstate=2" in trace


async def test_names_the_constraint(database: Database) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with database.transaction() as connection:
            await connection.execute(text(STATEMENTS["taken"]), {"words": SECRET})
    facts = [line for line in trace_of(caught.value) if not line.startswith(" ")]
    assert facts == [
        "asyncpg.exceptions.UniqueViolationError sqlstate=23505 table_name=patients constraint_name=patients_words_key"
    ]


async def test_of_an_argument_of_the_wrong_kind_quotes_it_nowhere(database: Database) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with database.transaction() as connection:
            await connection.execute(text("SELECT CAST(:words AS integer)"), {"words": SECRET})
    assert SECRET not in "\n".join(trace_of(caught.value))
