"""With a collector of OpenTelemetry, …"""

import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from persistence.embedded.server import EmbeddedServer
from settings import Settings
from tests.api.client import People, http_client, new_key
from tests.api.serving import served, settings_for
from tests.api.test_chat import SEND
from tests.postgres import fresh_database
from tests.standins.collector import Collector
from transport.documents import digest_of
from wiring.installation import NotReady
from wiring.optional import tracing_of

ROOT = Path(__file__).parents[2]
SAID = "胸口闷得像压了石头"
ME = "query WhoAmI { me { id } }"


def attributes(span: Span) -> dict[str, object]:
    values = {each.key: each.value for each in span.attributes}
    return {key: getattr(value, str(value.WhichOneof("value"))) for key, value in values.items()}


async def spans_of(postgres: EmbeddedServer, template: str, folder: Path, collector: Collector) -> list[Span]:
    """Of a question to the demonstration, a query and one that is refused."""
    with fresh_database(postgres, template) as dsn:
        settings = settings_for(dsn, folder, otel_endpoint=collector.url)
        async with served(settings) as app, http_client(app.port) as http:
            people = People(app.port, http)
            patient = await people.patient()
            await patient.ask(SEND, input={"text": SAID, "clientKey": new_key(), "wait": True})
            await patient.ask(ME)
            await patient.refused('query Missing { session(id: "x") { id } message(id: "x") { id } }')
    return collector.spans


async def test_operations_and_questions_to_providers_are_spans_without_anybodys_words(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path
) -> None:
    with Collector() as collector:
        spans = await spans_of(postgres, template_database, tmp_path, collector)
        told = b"".join(request.body for request in collector.requests)
    by_name = {span.name: span for span in spans}
    me = by_name["query WhoAmI"]
    assert me.kind == Span.SPAN_KIND_SERVER
    assert attributes(me) | {"wellmate.request_id": ""} == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "WhoAmI",
        "wellmate.document_hash": digest_of(ME),
        "wellmate.cost": 2,
        "wellmate.request_id": "",
    }
    assert 0 < me.end_time_unix_nano - me.start_time_unix_nano < 60 * 10**9
    asked = by_name["ask AI provider"]
    assert asked.kind == Span.SPAN_KIND_CLIENT
    assert attributes(asked)["wellmate.provider"] == "demo"
    assert attributes(asked)["wellmate.outcome"] == "SUCCEEDED"
    assert [span.name for span in spans if span.status.code == Status.STATUS_CODE_ERROR] == ["query Missing"]
    assert SAID.encode() not in told


async def test_that_is_away_the_server_serves_on(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    collector = Collector()
    collector.start()
    collector.refuse()
    assert await spans_of(postgres, template_database, tmp_path, collector) == []
    collector.stop()


@pytest.mark.slow
def test_what_nobody_asked_for_is_not_imported() -> None:
    others = {"wiring.tracing", "opentelemetry", "redis", "alembic", "sqlalchemy.orm", "persistence.embedded.server"}
    program = f"import sys, wiring.application; sys.exit(bool({others} & {{*sys.modules}}))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_but_without_the_packages_an_operator_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wiring.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(NotReady, match=r"requirements-otel.lock: opentelemetry\.sdk\.trace is missing"):
        tracing_of(Settings(otel_endpoint="http://127.0.0.1:4318"))
