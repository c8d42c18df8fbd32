"""What people say, and what they keep secret, …"""

import asyncio
import io
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.log_records import OURS
from domain.logs import LogEntry
from persistence.embedded.server import EmbeddedServer
from settings import LogFormat
from tests.api.client import People, http_client
from tests.api.planting import LAST, PLANTED, Dump, plant
from tests.api.serving import ADMIN_PASSWORD, Served, served, settings_for
from tests.api.vendors import Vendors
from tests.postgres import FOLDER_VARIABLE, fresh_database
from tests.standins.chat import Fault, Manner
from tests.standins.fastgpt import FastGPT
from wiring.lines import Lines, renderer


class Traces(NamedTuple):
    """All that is left of the planting."""

    dump: Dump
    lines: dict[LogFormat, str]
    metrics: str
    entries: str
    audit: str
    postgres: str


class BothLines(NamedTuple):
    """Lines as people and as machines read them, at the lowest level."""

    streams: dict[LogFormat, io.BytesIO]
    handlers: list[Lines]


@pytest.fixture(scope="module")
def both_lines() -> Iterator[BothLines]:
    streams = {kind: io.BytesIO() for kind in LogFormat}
    handlers = [Lines(stream, renderer(kind), logging.DEBUG) for kind, stream in streams.items()]
    levels = {name: logging.getLogger(name).level for name in OURS}
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield BothLines(streams, handlers)
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest_asyncio.fixture(scope="module")
async def traces(
    postgres: EmbeddedServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    vendors: Vendors,
    both_lines: BothLines,
) -> AsyncIterator[Traces]:
    folder: Path = tmp_path_factory.mktemp("data")
    with FastGPT() as fastgpt, fresh_database(postgres, template_database) as dsn:
        echo = f"cannot answer {PLANTED['said']} for {fastgpt.key}"
        fastgpt.manner = Manner(fault=Fault.STATUS, status=400, message=echo)
        provider = {"fastgpt_base_url": fastgpt.base_url, "fastgpt_api_key": fastgpt.key}
        settings = settings_for(dsn, folder, **vendors.settings(), **provider)

        def write_lines(entries: Sequence[LogEntry]) -> None:
            for handler in both_lines.handlers:
                handler.requests(entries)

        async with served(settings, write_lines) as app, http_client(app.port) as http:
            people = People(app.port, http)
            dump = await plant(app, await people.patient(), await people.admin(ADMIN_PASSWORD), vendors)
            dump.secrets["provider's key"] = fastgpt.key
            dump.secrets["signing key"] = (folder / "secrets.json").read_text().split('"')[3]
            dump.secrets["WeChat's secret"] = vendors.wechat.secret
            metrics = (await http.get("/metrics")).text
            async with asyncio.timeout(10):
                while LAST not in (entries := await rows(app, "log_entries")):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            audit = await rows(app, "audit_entries")
        written = {kind: stream.getvalue().decode() for kind, stream in both_lines.streams.items()}
        yield Traces(dump, written, metrics, entries, audit, log_of_the_database())


def log_of_the_database() -> str:
    return Path(os.environ[FOLDER_VARIABLE], "data", "postgres.log").read_text(errors="replace")


async def rows(app: Served, table: str) -> str:
    async with app.house.database.reading() as connection:
        found = await connection.scalars(text(f"SELECT each::text FROM {table} each"))
        return "\n".join(found)


@pytest.mark.parametrize("kind", LogFormat)
def test_stand_in_no_line(traces: Traces, kind: LogFormat) -> None:
    assert traces.dump.found_in(traces.lines[kind]) == []


def test_stand_in_no_entry_of_the_log_or_the_audit_trail(traces: Traces) -> None:
    assert traces.dump.found_in(traces.entries) == []
    assert traces.dump.found_in(traces.audit) == []


def test_stand_in_no_figure(traces: Traces) -> None:
    assert traces.dump.found_in(traces.metrics) == []


def test_stand_in_no_error_that_clients_read(traces: Traces) -> None:
    told = {error: found for error in traces.dump.errors if (found := traces.dump.found_in(error))}
    assert told == {}


def test_stand_not_in_the_log_of_the_database(traces: Traces) -> None:
    assert traces.dump.found_in(traces.postgres) == []


def test_were_planted_where_much_goes_wrong(traces: Traces) -> None:
    """Else the tests above would find nothing because nothing happened."""
    assert traces.dump.codes >= {
        "BAD_USER_INPUT",
        "UNAUTHENTICATED",
        "NOT_FOUND",
        "CONFLICT",
        "INTERNAL_SERVER_ERROR",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_REQUEST",
    }
    assert len(traces.dump.errors) > 40
    for written in (*traces.lines.values(), traces.entries):
        assert "asyncpg.exceptions.UndefinedTableError" in written
        assert "asyncpg.exceptions.CheckViolationError" in written
        assert "INTERNAL_SERVER_ERROR" in written
    assert "wellmate_ai_answers_total{outcome=" in traces.metrics
    assert "createApiConfig" in traces.audit
