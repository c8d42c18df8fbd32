"""What the transport tells of requests, as entries of the log."""

from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

from domain.clock import new_id
from domain.logs import LogEntry, LogKind, LogLevel
from domain.metering import Meter
from resolvers.serving import Caller
from transport.errors import STATUSES
from transport.ports import Finished

MOST_CHARACTERS = 100
HASH_CHARACTERS = 16
REFUSALS_A_SECOND = 20
LEVELS = {
    "INTERNAL_SERVER_ERROR": LogLevel.ERROR,
    "RATE_LIMITED": LogLevel.WARNING,
    "QUERY_TOO_COMPLEX": LogLevel.WARNING,
    "UPSTREAM_UNAVAILABLE": LogLevel.WARNING,
    "UPSTREAM_TIMEOUT": LogLevel.WARNING,
}


class Journal(Protocol):
    """Neither ever waits or fails."""

    def add(self, entry: LogEntry) -> None: ...

    def leave_out(self) -> None:
        """Counts an entry that is not wanted."""


class Recorder:
    def __init__(self, journal: Journal, meter: Meter) -> None:
        self._journal = journal
        self._meter = meter
        self._second = 0
        self._refusals = 0

    def finished(self, record: Finished) -> None:
        operation, code = record.operation, record.code
        self._meter.ran(operation.kind, operation.name, record.milliseconds / 1000)
        if code is not None:
            self._meter.refused(code)
        caller = record.context
        viewer = caller.viewer if isinstance(caller, Caller) else None
        if isinstance(caller, Caller):
            caller.ended(operation)
        self._journal.add(
            LogEntry(
                id=new_id(),
                at=datetime.now(UTC),
                level=level_of(code),
                kind=LogKind.REQUEST,
                request_id=operation.request_id,
                operation=operation.name[:MOST_CHARACTERS] if operation.name is not None else None,
                status=status_of(code),
                duration_ms=record.milliseconds,
                user_id=viewer.user_id if viewer is not None else None,
                message=code,
                detail=_detail(record),
            )
        )

    def refused(self, code: str, request_id: str) -> None:
        """A request that never became an operation. Only so many a second: who sends them may send many."""
        self._meter.refused(code)
        second = int(monotonic())
        self._second, self._refusals = second, self._refusals + 1 if second == self._second else 1
        if self._refusals > REFUSALS_A_SECOND:
            self._journal.leave_out()
        else:
            self._journal.add(
                LogEntry(
                    id=new_id(),
                    at=datetime.now(UTC),
                    level=level_of(code),
                    kind=LogKind.REQUEST,
                    request_id=request_id,
                    status=status_of(code),
                    message=code,
                )
            )


def level_of(code: str | None) -> LogLevel:
    return LEVELS.get(code, LogLevel.INFO) if code is not None else LogLevel.INFO


def status_of(code: str | None) -> int:
    return STATUSES.get(code, 400) if code is not None else 200


def _detail(record: Finished) -> dict[str, object]:
    operation = record.operation
    detail = {"type": operation.kind, "hash": operation.document_hash[:HASH_CHARACTERS], "cost": operation.cost}
    return detail | {"events": record.events} if operation.kind == "subscription" else detail
