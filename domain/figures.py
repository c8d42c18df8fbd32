"""How the installation does, in a few numbers for whoever runs it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.clock import Clock

TRAFFIC = timedelta(minutes=5)
ANSWERS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of queries and mutations, in milliseconds; messages of people and replies."""

    p50_ms: float
    p95_ms: float
    messages: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Of AI providers; None where none was asked, or none answered."""

    success_rate: float | None
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Connections:
    in_use: int
    most: int


@dataclass(frozen=True, slots=True)
class Metrics:
    http_p50_ms: float
    http_p95_ms: float
    messages_per_minute: float
    ai_success_rate: float | None
    ai_p50_ms: float | None
    ai_p95_ms: float | None
    db_connections_in_use: int
    db_connections_max: int
    live_subscriptions: int


class FigureReads(Protocol):
    """Of the whole installation."""

    async def traffic(self, since: datetime) -> Traffic: ...

    async def answers(self, since: datetime) -> Answers: ...


class Here(Protocol):
    """This process."""

    def connections(self) -> Connections: ...

    def subscriptions(self) -> int: ...


class FigureService:
    """For admins: the schema says so."""

    def __init__(self, reads: FigureReads, here: Here, clock: Clock) -> None:
        self._reads = reads
        self._here = here
        self._clock = clock

    async def metrics(self) -> Metrics:
        now = self._clock()
        traffic = await self._reads.traffic(now - TRAFFIC)
        answers = await self._reads.answers(now - ANSWERS)
        connections = self._here.connections()
        return Metrics(
            traffic.p50_ms,
            traffic.p95_ms,
            traffic.messages / (TRAFFIC / timedelta(minutes=1)),
            answers.success_rate,
            answers.p50_ms,
            answers.p95_ms,
            connections.in_use,
            connections.most,
            self._here.subscriptions(),
        )
