"""The GraphQL multipart request spec (github.com/jaydenseric/graphql-multipart-request-spec), parts in any order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from transport.body import as_turned, too_large
from transport.ports import Refused
from transport.requests import Request, bad_request, read_json, read_request

FIELDS = frozenset(("operations", "map"))
MAX_PATHS = 50


@dataclass(slots=True)
class Upload:
    """What a resolver gets for an `Upload`. `file` is at its start and closed after the request; `size` in bytes."""

    filename: str
    content_type: str
    file: IO[bytes]
    size: int = 0


@dataclass(slots=True)
class Form:
    """The parts of a form as they arrive: small fields held in memory, files that go to disk when they grow."""

    field_limit: int
    file_count: int
    memory: int
    names: frozenset[str] = FIELDS
    fields: dict[str, bytearray] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    whole: bool = False
    _name: str = ""
    _header: bytes = b""
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _value: bytes = b""

    @property
    def on_disk(self) -> bool:
        return any(upload.size > self.memory for upload in self.files.values())

    def on_part_begin(self) -> None:
        self._headers = {}
        self._header = self._value = b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if not self._name or self._name in self.fields or self._name in self.files:
            raise bad_form()
        if self._name not in self.names:
            self.open(self._name, options)
        elif b"filename" in options:
            raise bad_form()
        else:
            self.fields[self._name] = bytearray()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name in self.files:
            upload = self.files[self._name]
            upload.file.write(data[start:end])
            upload.size += end - start
            return
        self.fields[self._name] += data[start:end]
        if len(self.fields[self._name]) > self.field_limit:
            raise too_large(self.field_limit)

    def on_end(self) -> None:
        self.whole = True

    def close(self) -> None:
        for upload in self.files.values():
            upload.file.close()

    def open(self, part: str, options: dict[bytes, bytes]) -> None:
        """Begin a file; raises Refused. The fields that came before it are whole."""
        if len(self.files) >= self.file_count:
            raise bad_request(f"一次最多上传 {self.file_count} 个文件", f"At most {self.file_count} files at once.")
        kind = self._headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
        name = options.get(b"filename", b"").decode("utf-8", "replace")
        self.files[part] = Upload(name, kind, SpooledTemporaryFile(self.memory))  # noqa: SIM115 - closed by close()


async def form_request(content_type: str, body: AsyncIterator[bytes], form: Form) -> Request:
    """The request of a form, which is filled on the way; raises Turned."""
    try:
        await read_form(content_type, body, form)
        return request_of(form)
    except Refused as refused:
        raise as_turned(refused) from None


async def read_form(content_type: str, body: AsyncIterator[bytes], form: Form) -> None:
    parser = make_parser(content_type, form)
    async for chunk in body:
        try:
            if form.on_disk:
                await asyncio.to_thread(parser.write, chunk)
            else:
                parser.write(chunk)
        except FormParserError:
            raise bad_form() from None
    if not form.whole:
        raise bad_form()


def make_parser(content_type: str, form: Form) -> MultipartParser:
    _, options = parse_options_header(content_type)
    try:
        return MultipartParser(
            options.get(b"boundary") or b"",
            {
                "on_part_begin": form.on_part_begin,
                "on_part_data": form.on_part_data,
                "on_header_field": form.on_header_field,
                "on_header_value": form.on_header_value,
                "on_header_end": form.on_header_end,
                "on_headers_finished": form.on_headers_finished,
                "on_end": form.on_end,
            },
        )
    except FormParserError:
        raise bad_form() from None


def request_of(form: Form) -> Request:
    """The request of a whole form, its files in their places; raises Refused."""
    if any(name not in form.fields for name in FIELDS):
        raise bad_form()
    operations = read_json(form.fields["operations"])
    places = read_json(form.fields["map"])
    if not isinstance(places, dict) or set(places) != set(form.files):
        raise bad_form()
    request = read_request(operations)
    for name, paths in places.items():
        place(request, form.files[name], paths)
    for upload in form.files.values():
        upload.file.seek(0)
    return request


def place(request: Request, upload: Upload, paths: object) -> None:
    if not isinstance(paths, list) or not 0 < len(paths) <= MAX_PATHS:
        raise bad_form()
    for path in paths:
        if not isinstance(path, str) or not path.startswith("variables."):
            raise bad_form()
        put(request.variables, path.split(".")[1:], upload)


def put(value: Any, path: list[str], upload: Upload) -> None:
    """Set what is null at `path`; raises Refused where there is no null."""
    *above, last = path
    try:
        for step in above:
            value = value[key_of(value, step)]
        key = key_of(value, last)
        if value[key] is not None:
            raise bad_form()
        value[key] = upload
    except (LookupError, TypeError, ValueError):
        raise bad_form() from None


def key_of(value: Any, step: str) -> str | int:
    return int(step) if isinstance(value, list) and step.isdecimal() else step


def bad_form() -> Refused:
    return bad_request(
        "multipart 表单不符合 GraphQL multipart request 规范", "The form breaks the GraphQL multipart request spec."
    )
