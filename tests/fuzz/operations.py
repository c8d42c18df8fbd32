"""Valid operations over the whole schema by schemathesis: every root field, with any arguments and selections."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import schemathesis.graphql
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes
from schemathesis.schemas import APIOperation

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"
MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.text(max_size=5)
SCALARS = {
    "Date": st.dates().map(str) | st.text(max_size=5),
    "DateTime": MOMENTS,
    "Decimal": st.decimals(allow_nan=True, allow_infinity=True).map(str) | st.text(max_size=5),
    "JSON": st.text(max_size=20),
}


class Operations:
    """`known`: ids that exist, read whenever one is drawn. Generation is of schemathesis, for all of the process."""

    def __init__(self, known: Sequence[str]) -> None:
        ids = st.integers(0).map(lambda number: known[number % len(known)])
        schemathesis.graphql.scalar("ID", (ids | ids | st.text(max_size=20)).map(nodes.String))
        schemathesis.graphql.scalar("Upload", st.just(nodes.Null))
        for name, values in SCALARS.items():
            schemathesis.graphql.scalar(name, values.map(nodes.String))
        results = schemathesis.graphql.from_path(SDL).get_all_operations()
        self._operations = [result.ok() for result in results if isinstance(result, Ok)]

    def __len__(self) -> int:
        return len(self._operations)

    def documents(self, rng: Random, examples: int) -> Iterator[str]:
        """`examples` of every root field."""
        for operation in self._operations:
            yield from drawn(operation, rng, examples)


def drawn(operation: APIOperation[Any, Any, Any, Any], rng: Random, examples: int) -> list[str]:
    found: list[str] = []

    @seed(rng.getrandbits(32))
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def draw(case: schemathesis.Case[Any]) -> None:
        found.append(str(case.body))

    draw()
    return found
