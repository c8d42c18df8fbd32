"""Reading one answer, whatever form it comes in: a stream, a JSON document, a web page, a refusal."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Protocol

from domain.assistant.dialects import failures, loose
from domain.assistant.dialects.sse import BOM, EventTooLarge, SseParser
from domain.assistant.dialects.texts import Joiner
from domain.assistant.dialects.words import Event, Failure, Finished, KeepAlive, Reasoning, Text, Usage

DOCUMENT_LIMIT = 4 << 20
LONGEST_ANSWER = 200_000  # characters: far beyond any model's own limit, so only a runaway stream gets there


class Grammar(Protocol):
    """What one vendor's answer means. One instance reads one answer; its texts may still hold half characters.

    `Finished` says that the answer is whole; `complete`, that nothing of interest can follow it.
    """

    @property
    def complete(self) -> bool: ...

    def event(self, name: str, data: Any) -> Iterable[Event]:
        """One event of the stream, its data parsed; None where they are no JSON at all ("[DONE]", "ping")."""
        ...

    def done(self) -> Iterable[Event]:
        """The stream said [DONE]."""
        ...

    def document(self, body: Any) -> Iterable[Event]:
        """A JSON document in place of a stream, from a server that streams only when it likes."""
        ...

    def fault(self) -> Failure | None:
        """Why there may be no text, if the answer hinted at it."""
        ...


class Form(Enum):
    UNKNOWN = 0
    STREAM = 1
    DOCUMENT = 2


class AnswerReader:
    """The Reader for every vendor that speaks HTTP."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._sse = SseParser()
        self._document = bytearray()
        self._form = Form.UNKNOWN
        self._status = 200
        self._headers: Mapping[str, str] = {}
        self._out = Outbox()
        self._finish: Finished | None = None
        self._over = False

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self._status = status
        self._headers = headers
        if not self._is_success():
            self._form = Form.DOCUMENT

    def feed(self, chunk: bytes) -> list[Event]:
        if self._over:
            return []
        if self._form is Form.UNKNOWN:
            self._form = _form_of(chunk)
        if self._form is Form.DOCUMENT:
            self._keep(chunk)
        else:
            self._read(chunk)
        return self._out.take() or ([] if self._over else [KeepAlive()])

    def close(self, broken: Failure | None = None) -> list[Event]:
        if not self._over:
            self._close_body(broken)
        if not self._over:
            self._end(broken)
        return self._out.take()

    def _is_success(self) -> bool:
        return 200 <= self._status < 300

    def _read(self, chunk: bytes) -> None:
        try:
            events = self._sse.feed(chunk)
        except EventTooLarge as error:
            self._end(failures.UNAVAILABLE.failure(str(error)))
            return
        for event in events:
            self._take(event.name, event.data)
            if self._over:
                return

    def _take(self, name: str, data: bytes) -> None:
        try:
            self._hear(self._meaning(name, data))
        except ValueError:
            self._end(failures.UNAVAILABLE.failure("an event of the stream is broken JSON"))
        if self._grammar.complete or self._out.characters > LONGEST_ANSWER:
            self._end(None)

    def _meaning(self, name: str, data: bytes) -> Iterable[Event]:
        """Raises ValueError: what begins like JSON and is none may have held a part of the answer."""
        text = data.strip()
        if text in (b"[DONE]", b'"[DONE]"'):
            return self._grammar.done()
        return self._grammar.event(name, loose.parse(text) if text[:1] in (b"{", b"[") else None)

    def _hear(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Failure):
                self._end(event)
                return
            if isinstance(event, Finished):
                self._finish = self._finish or event
            else:
                self._out.put(event)

    def _keep(self, chunk: bytes) -> None:
        self._document += chunk
        if len(self._document) > DOCUMENT_LIMIT:
            self._end(failures.UNAVAILABLE.failure(f"the answer has more than {DOCUMENT_LIMIT} bytes"))

    def _close_body(self, broken: Failure | None) -> None:
        if self._form is Form.DOCUMENT:
            self._read_document(broken)
            return
        for event in self._sse.close():
            try:
                self._hear(self._meaning(event.name, event.data))
            except ValueError:
                return

    def _read_document(self, broken: Failure | None) -> None:
        body = bytes(self._document).strip()
        try:
            parsed = loose.parse(body.removeprefix(BOM))
        except ValueError:
            parsed = None
        if not self._is_success():
            self._conclude(failures.refused(self._status, self._headers, body, parsed))
        elif parsed is None:
            self._conclude(broken or _not_an_answer(body))
        else:
            self._hear(self._grammar.document(parsed))

    def _end(self, broken: Failure | None) -> None:
        """No more will be read: is what came an answer?"""
        if self._over:
            return
        self._out.flush()
        runaway = self._out.characters > LONGEST_ANSWER
        whole = self._finish is not None or runaway
        if whole and self._out.visible:
            self._conclude(self._finish or Finished(truncated=True))
        else:
            self._conclude(broken or self._grammar.fault() or _nothing(whole))

    def _conclude(self, event: Finished | Failure) -> None:
        self._out.conclude(event)
        self._over = True


def _form_of(chunk: bytes) -> Form:
    """Servers misname their content types, so the first byte decides; no line of a stream starts like these."""
    start = chunk.lstrip(BOM + b" \t\r\n")[:1]
    if not start:
        return Form.UNKNOWN
    return Form.DOCUMENT if start in b"{[<" else Form.STREAM


def _not_an_answer(body: bytes) -> Failure:
    if body.startswith(b"<"):
        return failures.MISCONFIGURED.failure("a web page came instead of an answer: is the base URL right?")
    return failures.UNAVAILABLE.failure("the answer is neither a stream nor JSON")


def _nothing(whole: bool) -> Failure:
    if whole:
        return failures.EMPTY.failure("a normal end without any text")
    return failures.CUT.failure("the stream ended without its end mark")


class Outbox:
    """Events on their way out; neighbouring pieces of one kind become one, made of whole characters.

    Some vendors repeat the usage in every chunk: only the last is passed on.
    """

    def __init__(self) -> None:
        self.characters = 0
        self.visible = False
        self._events: list[Event] = []
        self._joiners: dict[type[Text] | type[Reasoning], Joiner] = {Text: Joiner(), Reasoning: Joiner()}
        self._kind: type[Text] | type[Reasoning] = Text
        self._run: list[str] = []
        self._usage: Usage | None = None

    def put(self, event: Event) -> None:
        if isinstance(event, Text | Reasoning):
            if type(event) is not self._kind:
                self._end_run()
                self._kind = type(event)
            self._run.append(event.text)
            self.characters += len(event.text)
        elif isinstance(event, Usage):
            self._usage = event
        else:
            self._end_run()
            self._events.append(event)

    def take(self) -> list[Event]:
        self._end_run()
        events, self._events = self._events, []
        return events

    def flush(self) -> None:
        """Nothing more will complete a half character."""
        self._end_run()
        for kind, joiner in self._joiners.items():
            self._emit(kind, joiner.flush())

    def conclude(self, event: Finished | Failure) -> None:
        self.flush()
        self._events += [event] if self._usage is None else [self._usage, event]

    def _end_run(self) -> None:
        if self._run:
            self._emit(self._kind, self._joiners[self._kind].push("".join(self._run)))
            self._run.clear()

    def _emit(self, kind: type[Text] | type[Reasoning], text: str) -> None:
        if text:
            self._events.append(kind(text))
            self.visible = self.visible or (kind is Text and not text.isspace())
