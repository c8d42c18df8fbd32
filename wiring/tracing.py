"""Spans for OpenTelemetry, sent by OTLP over HTTP: one an operation, one a question to an AI provider.

Each is made when the thing is over, from what the log and the meters are told: no document, no variables.
"""

from collections.abc import Iterable, Mapping
from time import time_ns

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

from persistence.meter import PrometheusMeter
from transport.ports import Finished

NS = 1_000_000_000
MOST_CHARACTERS = 100
GOOD_ENDS = frozenset({None, "SUCCEEDED", "STOPPED"})


class Tracing:
    """`endpoint`: of a collector, without a path. Spans that it does not take are dropped; nobody waits for it."""

    def __init__(self, endpoint: str) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "wellmate"}), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("wellmate")

    def finished(self, record: Finished) -> None:
        operation = record.operation
        name = (operation.name or "")[:MOST_CHARACTERS]
        attributes: dict[str, str | float] = {
            "graphql.operation.type": operation.kind,
            "graphql.operation.name": name,
            "wellmate.document_hash": operation.document_hash,
            "wellmate.cost": operation.cost,
            "wellmate.request_id": operation.request_id,
        }
        title = f"{operation.kind} {name}".rstrip()
        self._span(title, SpanKind.SERVER, record.milliseconds / 1000, attributes, record.code)

    def answered(self, provider: str, outcome: str, seconds: float, first_word_s: float | None) -> None:
        attributes: dict[str, str | float] = {"wellmate.provider": provider, "wellmate.outcome": outcome}
        if first_word_s is not None:
            attributes["wellmate.first_word_seconds"] = first_word_s
        self._span("ask AI provider", SpanKind.CLIENT, seconds, attributes, outcome)

    def _span(
        self, name: str, kind: SpanKind, seconds: float, attributes: Mapping[str, str | float], code: str | None
    ) -> None:
        end = time_ns()
        span = self._tracer.start_span(name, kind=kind, attributes=attributes, start_time=end - int(seconds * NS))
        if code not in GOOD_ENDS:
            span.set_status(Status(StatusCode.ERROR, code))
        span.end(end)

    def meter(self, known: Iterable[str]) -> PrometheusMeter:
        return TracedMeter(known, self)

    def close(self) -> None:
        """Sends what waits. Blocks for as long as the collector takes, at most half a minute."""
        self._provider.shutdown()


class TracedMeter(PrometheusMeter):
    def __init__(self, known: Iterable[str], tracing: Tracing) -> None:
        super().__init__(known)
        self._tracing = tracing

    def answered(self, provider: str, outcome: str, seconds: float, first_word_s: float | None) -> None:
        super().answered(provider, outcome, seconds, first_word_s)
        self._tracing.answered(provider, outcome, seconds, first_word_s)
