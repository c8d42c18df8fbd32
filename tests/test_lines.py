"""The lines of the log …"""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.logs import LogEntry, LogKind, LogLevel
from domain.origin import ORIGIN, Origin
from settings import LogFormat
from wiring.lines import Lines, renderer, report_in_loop

SECRET = "胸口痛得睡不着"
ANNA = UUID(int=7)
REQUEST = LogEntry(
    UUID(int=1),
    datetime(2026, 5, 1, 8, 30, tzinfo=UTC),
    LogLevel.INFO,
    LogKind.REQUEST,
    "r1",
    "SendText",
    200,
    12.34,
    ANNA,
)


@pytest.fixture
def written() -> Iterator[io.BytesIO]:
    """What a logger below `persistence`, and a library's, write as JSON from INFO on."""
    stream = io.BytesIO()
    lines = Lines(stream, renderer(LogFormat.JSON), logging.INFO)
    loggers = [logging.getLogger(name) for name in ("persistence.test", "library.test")]
    for logger in loggers:
        logger.addHandler(lines)
        logger.setLevel(logging.DEBUG)
    yield stream
    for logger in loggers:
        logger.removeHandler(lines)


def events(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_name_the_request_its_person_and_how_it_went() -> None:
    assert json.loads(renderer(LogFormat.JSON)(REQUEST)) == {
        "timestamp": "2026-05-01T08:30:00.000+00:00",
        "level": "info",
        "event": "request",
        "operation": "SendText",
        "status": 200,
        "ms": 12.3,
        "user": str(ANNA),
        "request": "r1",
    }


def test_for_people_say_the_same() -> None:
    line = renderer(LogFormat.CONSOLE)(REQUEST).decode()
    assert line.startswith("2026-05-01T08:30:00.000+00:00 [info     ] request ")
    assert all(word in line for word in ("operation=SendText", "status=200", "ms=12.3", f"user={ANNA}", "request=r1"))


def test_of_requests_below_the_level_are_left_out() -> None:
    stream = io.BytesIO()
    Lines(stream, renderer(LogFormat.JSON), logging.WARNING).requests([REQUEST, REQUEST._replace(level=LogLevel.ERROR)])
    assert [event["level"] for event in events(stream)] == ["error"]


def test_say_which_request_they_belong_to(written: io.BytesIO) -> None:
    token = ORIGIN.set(Origin("r7", "SendText", ANNA))
    logging.getLogger("persistence.test").warning("storage failed at %s", "put")
    ORIGIN.reset(token)
    logging.getLogger("persistence.test").warning("on its own")
    inside, outside = events(written)
    assert (inside["event"], inside["request"], inside["operation"]) == ("storage failed at put", "r7", "SendText")
    assert inside["user"] == str(ANNA)
    assert {"request", "user", "operation"}.isdisjoint(outside)


def test_keep_to_themselves_what_an_exception_quotes(written: io.BytesIO) -> None:
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("persistence.test").exception("reading failed")
    (event,) = events(written)
    assert (event["level"], event["event"]) == ("error", "reading failed")
    assert event["trace"][0] == "ValueError"
    assert "test_lines:" in event["trace"][1]
    assert SECRET not in written.getvalue().decode()


def test_of_libraries_are_templates(written: io.BytesIO) -> None:
    logging.getLogger("library.test").warning("cannot parse %r\nat all", SECRET)
    (event,) = events(written)
    assert event["event"] == "cannot parse %r"


def test_break_no_line() -> None:
    stream = io.BytesIO()
    said = ("half a letter \ud800, a null \x00 and %s", ("a\nbreak",))
    # Not through a logger: pytest's workers could not tell each other of it.
    Lines(stream, renderer(LogFormat.JSON), logging.INFO).handle(
        logging.LogRecord("persistence.test", logging.WARNING, __file__, 1, *said, None)
    )
    (event,) = events(stream)
    assert event["event"] == "half a letter ?, a null  and a break"


def test_tell_of_errors_that_nobody_awaited_without_their_task(written: io.BytesIO) -> None:
    logging.getLogger("wellmate").addHandler(logging.getLogger("persistence.test").handlers[0])
    context = {"message": f"Task exception: {SECRET}", "exception": KeyError(SECRET), "future": SECRET}
    report_in_loop(None, context)  # type: ignore[arg-type]  # the loop is not looked at
    logging.getLogger("wellmate").handlers.clear()
    (event,) = events(written)
    assert (event["event"], event["trace"]) == ("an error that nobody awaited", ["KeyError"])


def test_do_not_fail_when_nobody_reads_them() -> None:
    stream = io.BytesIO()
    stream.close()
    Lines(stream, renderer(LogFormat.JSON), logging.INFO).requests([REQUEST])
