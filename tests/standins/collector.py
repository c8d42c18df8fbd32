"""A collector of OpenTelemetry: takes spans by OTLP over HTTP (opentelemetry-proto, `collector/trace/v1`)."""

import gzip
from typing import ClassVar

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.standins.base import StandIn
from tests.standins.http import Exchange, Request


class Collector(StandIn):
    name: ClassVar[str] = "collector"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.spans: list[Span] = []

    async def handle(self, request: Request, exchange: Exchange) -> None:
        assert (request.method, request.path) == ("POST", "/v1/traces")
        packed = request.headers.get("content-encoding") == "gzip"
        sent = ExportTraceServiceRequest.FromString(gzip.decompress(request.body) if packed else request.body)
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                self.spans += scope.spans
        await exchange.answer(200, b"", {"Content-Type": "application/x-protobuf"})
