"""Reading answers in tests, whole or cut into pieces."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from domain.assistant.dialects.words import Event, Failure, Finished, KeepAlive, Reader, Reasoning, Text


def read(
    reader: Reader,
    body: bytes | Sequence[bytes],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    broken: Failure | None = None,
) -> list[Event]:
    """All events of an answer but the keep-alives."""
    reader.head(status, headers or {})
    chunks = [body] if isinstance(body, bytes) else body
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    return [event for event in events + reader.close(broken) if not isinstance(event, KeepAlive)]


def pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The data cut at the given places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


def text_of(events: Iterable[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


def reasoning_of(events: Iterable[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Reasoning))


def others(events: Iterable[Event]) -> list[Event]:
    """What is neither text nor reasoning."""
    return [event for event in events if not isinstance(event, Text | Reasoning)]


def failure_of(events: Sequence[Event]) -> Failure:
    """The one failure, which must be the last event."""
    assert [event for event in events if isinstance(event, Finished | Failure)] == [events[-1]]
    assert isinstance(events[-1], Failure)
    return events[-1]
