"""Limits: a document…"""

import time
from contextlib import suppress
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, get_introspection_query, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.transport.toy import PLENTY, Caller, World, schema
from transport.budget import Budget
from transport.documents import Documents, Plan, Rejected
from transport.limits import Limits, Measure, Walk
from transport.ports import Ports, Refused
from transport.requests import Request

SCHEMA = schema._schema


def plan(query: str, variables: dict[str, Any] | None = None, trusted: bool = False, **limits: Any) -> Plan:
    """The plan, its cost checked; raises Refused or Rejected."""
    documents = Documents(SCHEMA, Limits(**limits), Ports(open=World().open), Budget(PLENTY, PLENTY))
    found = documents.plan(
        Request(query, variables or {}, None, None), Caller(World(), "admin" if trusted else None, None)
    )
    found.cost(variables or {})
    return found


def complaint(query: str, variables: dict[str, Any] | None = None, **limits: Any) -> str:
    with pytest.raises(Refused) as refused:
        plan(query, variables, **limits)
    assert refused.value.code == "QUERY_TOO_COMPLEX"
    return str(refused.value)


def test_is_measured_by_every_count_in_one_walk() -> None:
    query = """
        query Q($n: Int = 3) {
          me: item { id ...F @include(if: true) ... on Item { again: text } }
          items(first: $n) { id @skip(if: false) ...F }
        }
        fragment F on Item { text items(last: 2) { id } }
    """
    assert plan(query).measure == Measure(fields=11, aliases=2, directives=2, depth=3, cost=1 + 6 + 1 + 3 * 5)


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ hello }", {}, 1),
        ("{ items { id } }", {}, 21),
        ("{ items(first: 3) { id text } }", {}, 7),
        ("query ($n: Int!) { items(first: $n) { id } }", {"n": 7}, 8),
        ("query ($n: Int = 5) { items(first: $n) { id } }", {}, 6),
        ("query ($n: Int = 5) { items(first: $n) { id } }", {"n": 2}, 3),
        ("query ($n: Int = 5) { items(first: $n) { id } }", {"n": "x"}, 21),
        ("{ items(first: 0) { id } }", {}, 2),
        ("{ items(first: -5) { id } }", {}, 2),
        ("{ item { items { id } } }", {}, 22),
        ("{ item { items(first: 2, last: 3) { id } } }", {}, 5),
        ("{ items(first: 4) { items(first: 5) { id } } }", {}, 1 + 4 * (1 + 5)),
    ],
)
def test_costs_its_fields_times_the_page_sizes_above(query: str, variables: dict[str, Any], cost: int) -> None:
    assert plan(query).cost(variables) == cost


@pytest.mark.parametrize(
    ("selections", "cost"),
    [
        ("... on Item { id text } ... on Word { text }", 2),
        ("... on Item { id } ...W ... on Item { text }", 2),
        ("id ... on Item { text } ...W", 2),
        ("... on Named { id } ... on Item { text }", 2),
        ("...N", 2),
        ("...N ... on Word { id }", 3),
    ],
)
def test_costs_the_dearest_of_the_types_that_an_object_may_have(selections: str, cost: int) -> None:
    schema = build_schema("""
        interface Named { id: ID }
        type Item implements Named { id: ID text: String }
        type Word implements Named { id: ID text: String }
        type Query { named: Named }
    """)
    fragments = "fragment W on Word { text } fragment N on Named { ... on Item { id text } ...W }"
    document = parse(f"{{ named {{ {selections} }} }} {fragments}")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert Walk(schema, document, Limits(), {}).operation(operation).cost == 1 + cost


def test_costs_what_its_variables_say_each_time_anew() -> None:
    paged = plan("query ($n: Int!) { items(first: $n) { id } }")
    assert [paged.cost({"n": n}) for n in (1, 50, 1, 200)] == [2, 51, 2, 201]
    with pytest.raises(Refused, match="cost \\(20001\\) passes the limit of 15000"):
        paged.cost({"n": 20_000})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{" + "hello " * 4000 + "}", "tokens passes the limit of 4000"),
        ("{ hello }" + "#\n" * 4001, "tokens passes the limit of 4000"),
        ("{ hello }" + " " * 70_000, "characters (70009) passes the limit of 65536"),
        ("{ hello }" + " fragment F on Query { hello }" * 50, "definitions (51) passes the limit of 50"),
        ("{" + "hello " * 52 + "}", "repeats (51) passes the limit of 50"),
        ("{" + "... { hello } " * 52 + "}", "repeats (51) passes the limit of 50"),
        ("{ item {" + "id " * 52 + "} }", "repeats (51) passes the limit of 50"),
        ("{" + "".join(f"a{n}: hello " for n in range(101)) + "}", "aliases (101) passes the limit of 100"),
        ("{ hello" + " @skip(if: false)" * 101 + "}", "directives (101) passes the limit of 100"),
        ("{ item {" + "items {" * 14 + "id" + "}" * 14 + "} }", "depth (16) passes the limit of 15"),
        ("{ items(first: 14999) { id } }", None),
        ("{ items(first: 15000) { id } }", "cost (15001) passes the limit of 15000"),
        ("{ items(first: 122) { items(first: 122) { id } } }", "cost (15007) passes the limit of 15000"),
        ("{ items(first: " + "9" * 60_000 + ") { id } }", "cost (1000001) passes the limit of 15000"),
    ],
)
def test_over_a_limit_is_told_which(query: str, words: str | None) -> None:
    if words is None:
        plan(query)
    else:
        assert words in complaint(query)


def doubling(levels: int) -> str:
    fragments = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return "{ ...F0 } " + fragments + f" fragment F{levels} on Query {{ hello }}"


HOSTILE = {
    "doubling": doubling(40),
    "deep doubling": doubling(40).replace("{ ...F", "{ ... { ...F").replace(" }", " } }"),
    "wide": "{" + " ".join(f"...F{n}" for n in range(49)) + "}"
    "" + "".join(f"fragment F{n} on Query {{ {'hello ' * 20} }}" for n in range(49)),
    "conflicts": "{" + " ".join(f"...F{n}" for n in range(49)) + "}"
    "" + "".join(f'fragment F{n} on Query {{ hello(name: "{n}") item {{ text }} }}' for n in range(49)),
    "operations": " ".join(f"query Q{n} {{ ...F }}" for n in range(49)) + "fragment F on Query {" + "hello " * 51 + "}",
    "cycle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "nested cycle": "{ item { ...A } } fragment A on Item { items { ...A } }",
    "deep": "{ item {" + "items {" * 1000 + "id" + "}" * 1000 + "} }",
    "inline": "{" + "... {" * 190 + "hello" + "}" * 191,
    "values": "{ hello(name: " + "[" * 190 + "]" * 190 + ") }",
    "list": "{ hello(name: [" + "1 " * 3900 + "]) }",
    "object": "{ hello(name: {" + "a: 1 " * 1300 + "}) }",
    "variables": "query (" + "".join(f"$v{n}: Int " for n in range(900)) + ") { hello }",
    "unknown fields": "{" + " ".join(f"x{n}" for n in range(900)) + "}",
    "unknown directives": "{ hello " + "@a " * 1900 + "}",
    "long names": "{" + "x" * 60_000 + "}",
    "strings": '{ hello(name: "' + "\\u0041" * 10_000 + '") }',
    "block string": '{ hello(name: """' + "\n " * 30_000 + '""") }',
    "open string": '{ hello(name: "' + "x" * 60_000,
    "comments": "#" * 65_000,
    "numbers": "{ items(first: " + "9" * 65_000 + ") { id } }",
    "exponents": "{ items(first: 1e" + "9" * 60_000 + ") { id } }",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_meant_to_hurt_is_answered_within_a_second(name: str) -> None:
    started = time.thread_time()
    with suppress(Refused, Rejected):
        plan(HOSTILE[name])
    assert time.thread_time() - started < 1


def test_that_goes_in_circles_is_told_so() -> None:
    with pytest.raises(Rejected) as rejected:
        plan(HOSTILE["cycle"])
    assert rejected.value.errors[0].message == "Cannot spread fragment 'A' within itself via 'B'."


def test_of_graphiql_passes_for_those_who_may_look() -> None:
    query = get_introspection_query(input_value_deprecation=True, schema_description=True, specified_by_url=True)
    assert plan(query, trusted=True).measure.introspects
    with pytest.raises(Rejected, match="GRAPHQL_VALIDATION_FAILED"):
        plan(query)


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Item") { name } }',
        "{ ... { ...F } } fragment F on Query { a: __schema { __typename } }",
        "subscription { __schema { __typename } }",
    ],
)
def test_cannot_hide_that_it_introspects(query: str) -> None:
    with pytest.raises(Rejected):
        plan(query)


NAMES = st.sampled_from(["item", "items", "id", "text", "hello", "nope", "__typename", "__schema"])
SELECTIONS: st.SearchStrategy[str] = st.recursive(
    st.one_of(NAMES, st.sampled_from(["...A", "...B", "...C", "a: id", "... { id }", "id @skip(if: true)"])),
    lambda inner: st.builds(
        lambda name, page, below: f"{name}{page} {{ {' '.join(below)} }}",
        st.sampled_from(["item", "items", "b: items", "... on Item", "..."]),
        st.sampled_from(["", "(first: 3)", "(last: $n)"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=25,
)


@settings(max_examples=examples(80), deadline=None)
@given(
    roots=st.lists(SELECTIONS, min_size=1, max_size=4),
    bodies=st.lists(st.lists(SELECTIONS, min_size=1, max_size=4), min_size=3, max_size=3),
    n=st.integers(-2, 9),
)
def test_is_measured_as_if_its_fragments_were_written_out(roots: list[str], bodies: list[list[str]], n: int) -> None:
    bodies[2] = ["id"]
    bodies[1] = [part.replace("...A", "id").replace("...B", "...C") for part in bodies[1]]
    bodies[0] = [part.replace("...A", "...B") for part in bodies[0]]
    fragments = " ".join(f"fragment {name} on Item {{ {' '.join(b)} }}" for name, b in zip("ABC", bodies, strict=True))
    spread = f"query ($n: Int) {{ {' '.join(roots)} }} {fragments}"
    try:
        document = parse(spread)
    except Exception:  # an argument on an inline fragment is no GraphQL
        return
    written = spread.partition(" fragment")[0]
    for name, body in zip("ABC", bodies, strict=True):
        written = written.replace(f"...{name}", f"... on Item {{ {' '.join(body)} }}")
    assert measure(document, n) == measure(parse(written), n)


def measure(document: Any, n: int) -> Measure:
    return Walk(SCHEMA, document, Limits(), {"n": n}).operation(document.definitions[0])


@settings(max_examples=examples(80), deadline=None)
@given(
    source=st.sampled_from(
        [get_introspection_query(), HOSTILE["conflicts"], "query ($a: Int!) { items(first: $a) { id } }"]
    ),
    changes=st.lists(st.tuples(st.integers(0), st.text(max_size=4), st.integers(0, 12)), min_size=1, max_size=8),
    trusted=st.booleans(),
)
def test_that_is_mutated_is_planned_or_refused(source: str, changes: list[tuple[int, str, int]], trusted: bool) -> None:
    for place, inserted, removed in changes:
        at = place % (len(source) + 1)
        source = source[:at] + inserted + source[at + removed :]
    try:
        assert plan(source, trusted=trusted).kind in ("query", "mutation", "subscription")
    except (Refused, Rejected):
        return
