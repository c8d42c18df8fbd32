"""Server-sent events after the WHATWG standard (HTML, 9.2), from raw chunks."""

from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
EVENT_LIMIT = 4 << 20


class EventTooLarge(ValueError):
    """One event outgrew the limit; the parser is of no more use."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """`name` is "" where the stream gives none; `data` is undecoded UTF-8, its lines joined by a line feed."""

    name: str
    data: bytes


class SseParser:
    """Cut the stream where you like: the events are the same. Lines are decoded only when they are whole."""

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self._limit = limit
        self._line = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._name = ""
        self._at_start = True
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Raises EventTooLarge."""
        lines = self._lines(chunk)
        if not lines:
            return []
        events: list[ServerEvent] = []
        for line in lines:
            if line:
                self._field(line)
            else:
                self._dispatch(events)
        return events

    def close(self) -> list[ServerEvent]:
        """The event the stream broke off in: the standard drops it, but servers exist that end without a blank line."""
        if self._line:
            self._field(*self._without_bom([bytes(self._line)]))
            self._line.clear()
        events: list[ServerEvent] = []
        self._dispatch(events)
        return events

    def _lines(self, chunk: bytes) -> list[bytes]:
        """The lines that this chunk ends; what follows them is kept."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        if lines and self._line:
            lines[0] = bytes(self._line) + lines[0]
            self._line.clear()
        self._line += rest
        if len(self._line) + self._size > self._limit:
            raise EventTooLarge(f"an event has more than {self._limit} bytes")
        return self._without_bom(lines)

    def _without_bom(self, lines: list[bytes]) -> list[bytes]:
        if self._at_start and lines:
            self._at_start = False
            lines[0] = lines[0].removeprefix(BOM)
        return lines

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            value = value.removeprefix(b" ")
            self._data.append(value)
            self._size += len(value) + 1
            if self._size > self._limit:
                raise EventTooLarge(f"an event has more than {self._limit} bytes")
        elif name == b"event":
            self._name = value.removeprefix(b" ").decode(errors="replace")

    def _dispatch(self, events: list[ServerEvent]) -> None:
        if self._data:
            events.append(ServerEvent(self._name, b"\n".join(self._data)))
            self._data = []
            self._size = 0
        self._name = ""
