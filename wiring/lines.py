"""Lines on standard error, for people or as JSON: Python's logging collects them, structlog renders them."""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, BinaryIO, cast

import orjson
import structlog

from domain.log_records import OURS, entry_of
from domain.logs import LogEntry
from settings import LogFormat, Settings

Render = Callable[[LogEntry], bytes]
UVICORNS = ("uvicorn", "uvicorn.error", "uvicorn.access")
log = logging.getLogger("wellmate")


class Lines(logging.Handler):
    """Records become lines at once; requests come in batches, through `requests`."""

    def __init__(self, stream: BinaryIO, render: Render, level: int) -> None:
        super().__init__(level)
        self._stream = stream
        self._render = render

    def emit(self, record: logging.LogRecord) -> None:
        self._write([entry_of(record)])

    def requests(self, entries: Iterable[LogEntry]) -> None:
        self.acquire()
        try:
            self._write(entry for entry in entries if entry.level.value >= self.level)
        finally:
            self.release()

    def _write(self, entries: Iterable[LogEntry]) -> None:
        with suppress(OSError, ValueError):  # nobody reads any more: no reason to fail
            self._stream.write(b"".join(map(self._render, entries)))
            self._stream.flush()


def set_up(settings: Settings) -> Lines:
    """Our own code is heard from `log_level` on, and always from INFO on by whoever stores entries; libraries when they
    warn."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    stream = sys.stderr.buffer
    lines = Lines(stream, renderer(settings.log_format, colors=stream.isatty()), level)
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(min(level, logging.INFO))
    for name in UVICORNS:  # started by its own command, uvicorn has given them handlers that print errors whole
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate, logger.level = [], True, logging.NOTSET
    return lines


def renderer(log_format: LogFormat, *, colors: bool = False) -> Render:
    if log_format is LogFormat.JSON:
        as_json = structlog.processors.JSONRenderer(serializer=orjson.dumps)
        return lambda entry: cast("bytes", as_json(None, "", event_of(entry))) + b"\n"
    as_text = structlog.dev.ConsoleRenderer(colors=colors)
    return lambda entry: f"{as_text(None, '', readable(event_of(entry)))}\n".encode()


def event_of(entry: LogEntry) -> dict[str, Any]:
    """The words of a line; what is not known is left out."""
    words = {
        "timestamp": entry.at.isoformat(timespec="milliseconds"),
        "level": entry.level.name.lower(),
        "event": entry.message or entry.kind.value.lower(),
        "operation": entry.operation,
        "status": entry.status,
        "ms": round(entry.duration_ms, 1) if entry.duration_ms is not None else None,
        "user": str(entry.user_id) if entry.user_id is not None else None,
        "request": entry.request_id,
        **(entry.detail or {}),
    }
    return {name: value for name, value in words.items() if value is not None}


def readable(event: dict[str, Any]) -> dict[str, Any]:
    """structlog prints an `exception` below the line."""
    trace = event.pop("trace", None)
    return event | {"exception": "\n".join(trace)} if trace else event


def report_in_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own writes out tasks and callbacks with the values in them."""
    error = context.get("exception")
    log.error("an error that nobody awaited", exc_info=error or False)
