"""The application over each kind of store, and files as mini-programs send them."""

import asyncio
import io
import json
import uuid
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from PIL.ExifTags import IFD
from PIL.TiffImagePlugin import IFDRational

from tests.api.client import Json, People, Person, Refusal, http_client
from tests.api.serving import Served, served, settings_for
from tests.loopback import plain_client
from tests.pictures import quarters, saved
from tests.standins.cos import Cos
from tests.standins.s3 import S3

KINDS = ("disk", "cos", pytest.param("s3", marks=pytest.mark.slow))
"""COS and S3 differ below the API, where both are tested on every day."""
UPLOAD = """mutation Upload($file: Upload!, $purpose: FilePurpose) {
  uploadImage(file: $file, purpose: $purpose) { id url mime bytes width height state purpose }
}"""
Part = tuple[str, str | None, bytes]


@dataclass(frozen=True, slots=True)
class House:
    """A running application whose files lie in `kind` of store; `vendor`: the stand-in, if it is not the disk."""

    kind: str
    app: Served
    people: People
    vendor: Cos | S3 | None
    folder: Path

    def objects(self) -> dict[str, bytes]:
        """Everything in the store, by key."""
        if self.vendor is not None:
            return {key: stored.content for key, stored in self.vendor.objects.items()}
        found: dict[str, bytes] = {}
        for path in self.folder.rglob("*"):
            if path.is_file():
                with suppress(FileNotFoundError):  # the server may be removing it
                    found[str(path.relative_to(self.folder))] = path.read_bytes()
        return found


@asynccontextmanager
async def house_over(kind: str, dsn: str, data: Path, **changes: object) -> AsyncGenerator[House, None]:
    with ExitStack() as stack:
        vendor: Cos | S3 | None = None
        if kind == "cos":
            vendor = stack.enter_context(Cos())
        elif kind == "s3":
            vendor = stack.enter_context(S3())
        settings = settings_for(dsn, data, **store_settings(vendor), **changes)
        async with served(settings) as app, http_client(app.port) as http:
            yield House(kind, app, People(app.port, http), vendor, data / "files")


def store_settings(vendor: Cos | S3 | None) -> dict[str, object]:
    if isinstance(vendor, Cos):
        return {
            "storage": "cos",
            "cos_bucket": vendor.bucket,
            "cos_region": "ap-guangzhou",
            "cos_secret_id": vendor.secret_id,
            "cos_secret_key": vendor.secret_key,
            "cos_url": vendor.url,
        }
    if isinstance(vendor, S3):
        return {
            "storage": "s3",
            "s3_url": vendor.url,
            "s3_bucket": vendor.bucket,
            "s3_access_key": vendor.access_key,
            "s3_secret_key": vendor.secret_key,
        }
    return {}


def form_of(parts: list[Part]) -> tuple[bytes, str]:
    """Parts as (name, file name or None, content); the body and its content type."""
    boundary = f"----{uuid.uuid4().hex}"
    body = b""
    for name, filename, content in parts:
        file = f'; filename="{filename}"\r\nContent-Type: image/jpeg' if filename is not None else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        body += content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


async def send_form(person: Person, parts: list[Part]) -> httpx.Response:
    body, kind = form_of(parts)
    return await person.http.post("/graphql", content=body, headers={**person.headers, "content-type": kind})


def parts_of(content: bytes, purpose: str | None = None, name: str = "tmp_1.jpg") -> list[Part]:
    """As wx.uploadFile sends a file named `0` with `formData: {operations, map}`."""
    variables = {"file": None} | ({"purpose": purpose} if purpose else {})
    operations = json.dumps({"query": UPLOAD, "variables": variables})
    return [
        ("operations", None, operations.encode()),
        ("map", None, b'{"0":["variables.file"]}'),
        ("0", name, content),
    ]


async def upload(person: Person, content: bytes, purpose: str | None = None) -> Json:
    answer = (await send_form(person, parts_of(content, purpose))).json()
    assert "errors" not in answer, answer
    file: Json = answer["data"]["uploadImage"]
    return file


async def refused_upload(person: Person, content: bytes, purpose: str | None = None) -> Refusal:
    return Refusal.of((await send_form(person, parts_of(content, purpose))).json())


async def read(url: str) -> httpx.Response:
    """As a phone reads an address, without a token."""
    async with plain_client() as phone:
        return await phone.get(url)


async def until_dead(url: str) -> int:
    """The status of an address once it gives nothing any more."""
    async with asyncio.timeout(10):
        while (answer := await read(url)).status_code == 200:  # noqa: ASYNC110 the clock is the store's
            await asyncio.sleep(0.1)
    return answer.status_code


def photo(kind: str = "JPEG", orientation: int = 6) -> bytes:
    """Lying on its side, with the place where it was taken and the camera's name in it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCam"
    exif[IFD.GPSInfo] = {1: "N", 2: (IFDRational(39), IFDRational(54), IFDRational(27)), 29: "2024:05:06"}
    options = {} if kind == "HEIF" else {"quality": 95}
    return saved(quarters(), kind, exif=exif.tobytes(), **options)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


async def straight(ticket: Json, content: bytes) -> int:
    """A phone's POST to the store, by the form of a ticket."""
    fields: dict[str, Any] = ticket["formFields"]
    parts: list[Part] = [(name, None, value.encode()) for name, value in fields.items()]
    body, kind = form_of([*parts, ("file", "tmp_1.jpg", content)])
    async with plain_client() as phone:
        headers = {**ticket["headers"], "content-type": kind}
        return (await phone.request(ticket["method"], ticket["url"], content=body, headers=headers)).status_code
