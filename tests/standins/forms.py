"""multipart/form-data as a browser or wx.uploadFile sends it, taken apart by hand."""

import re
from dataclasses import dataclass

from tests.standins.http import Request

_NAME = re.compile(rb'name="([^"]*)"')


@dataclass(frozen=True)
class Form:
    """`last`: the name of the last part. Object stores want the file there."""

    fields: dict[str, str]
    file: bytes
    last: str


def parsed(request: Request) -> Form:
    boundary = request.headers["content-type"].partition("boundary=")[2].strip('"').encode()
    parts = (b"\r\n" + request.body).split(b"\r\n--" + boundary)[1:-1]
    named = []
    for part in parts:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        match = _NAME.search(head)
        assert match, head
        named.append((match[1].decode(), content))
    fields = {name: content.decode() for name, content in named if name != "file"}
    return Form(fields, dict(named).get("file", b""), named[-1][0])
