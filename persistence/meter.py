"""What is counted and timed, as Prometheus reads it. Every label has few values, whatever strangers send."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

OTHER = "other"
OPERATION_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
FIRST_WORD_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Figure(NamedTuple):
    """One number that is read when Prometheus asks. `counts`: it only ever grows."""

    name: str
    help: str
    value: float
    label: tuple[str, str] | None = None
    counts: bool = False


class PrometheusMeter:
    """Implements `domain.metering.Meter`. `known`: operation names that are told apart, the others are one."""

    def __init__(self, known: Iterable[str]) -> None:
        registry = self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        self._known = frozenset(known)
        self._ran = Histogram(
            "wellmate_operation_seconds",
            "Time of queries and mutations; names that the server does not know are `other`.",
            ("type", "operation"),
            buckets=OPERATION_BUCKETS,
            registry=registry,
        )
        self._timers: dict[tuple[str, str], Histogram] = {}
        self._watched = Counter(
            "wellmate_subscriptions", "Subscriptions that ended.", ("operation",), registry=registry
        )
        self._refused = Counter("wellmate_errors", "First errors of answers, by code.", ("code",), registry=registry)
        self._said = Counter("wellmate_messages", "Messages stored, by kind.", ("kind",), registry=registry)
        self._answered = Counter(
            "wellmate_ai_answers",
            "Questions to AI providers: SUCCEEDED, STOPPED, or the code of the failure.",
            ("provider", "outcome"),
            registry=registry,
        )
        self._first_word = Histogram(
            "wellmate_ai_first_word_seconds",
            "Time until an AI provider's first word.",
            ("provider",),
            buckets=FIRST_WORD_BUCKETS,
            registry=registry,
        )

    def ran(self, kind: str, operation: str | None, seconds: float) -> None:
        name = operation if operation in self._known else OTHER
        if kind == "subscription":
            self._watched.labels(name).inc()
            return
        timer = self._timers.get((kind, name))
        if timer is None:
            timer = self._timers[kind, name] = self._ran.labels(kind, name)
        timer.observe(seconds)

    def refused(self, code: str) -> None:
        self._refused.labels(code).inc()

    def said(self, kind: str) -> None:
        self._said.labels(kind).inc()

    def answered(self, provider: str, outcome: str, seconds: float, first_word_s: float | None) -> None:
        self._answered.labels(provider, outcome).inc()
        if first_word_s is not None:
            self._first_word.labels(provider).observe(first_word_s)

    def watch(self, read: Callable[[], Iterable[Figure]]) -> None:
        """`read` is called whenever Prometheus asks."""
        self.registry.register(Watched(read))


class Watched(Collector):
    def __init__(self, read: Callable[[], Iterable[Figure]]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Nothing: there is nothing to read before the start."""
        return ()

    def collect(self) -> Iterator[Metric]:
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for figure in self._read():
            family = families.get(figure.name)
            if family is None:
                kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
                labels = [figure.label[0]] if figure.label is not None else []
                family = families[figure.name] = kind(figure.name, figure.help, labels=labels)
            family.add_metric([figure.label[1]] if figure.label is not None else [], figure.value)
        yield from families.values()
