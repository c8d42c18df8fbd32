"""The README, word for word: …"""

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import as_typed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> list[tuple[str, str]]:
    return BLOCKS.findall((ROOT / name).read_text())


@contextmanager
def make_serve(**settings: str) -> Iterator[list[str]]:
    """The banner's lines."""
    with subprocess.Popen(
        ["make", "serve"], cwd=ROOT, env=as_typed() | settings, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield [server.stdout.readline() for _ in range(3)]
        finally:
            server.terminate()
            assert server.wait(timeout=30) in (0, -15, 143, 2)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    with make_serve(WELLMATE_DATA_DIR=str(tmp_path / "data"), WELLMATE_PORT=str(port)) as banner:
        assert f"http://127.0.0.1:{port}/graphql" in banner[0]
        assert re.search(r"admin +admin +password \S+ +\(shown only now\)", banner[2])
        yield port


def test_a_first_conversation_goes_as_written(port: int) -> None:
    (define, register, sign_in, send, read) = [
        line for line in blocks("README.md")[1][1].replace("8000", str(port)).splitlines() if line
    ]
    token = json.loads(shell(define, register))["data"]["register"]["accessToken"]
    signed_in = sign_in.replace("<the accessToken>", token)
    sent = json.loads(shell(define, signed_in, send))["data"]["sendText"]
    history = json.loads(shell(define, signed_in, read))["data"]["me"]["sessions"]["nodes"]
    said = history[0]["messages"]["nodes"]
    assert history[0]["id"] == sent["session"]["id"]
    assert [(message["seq"], message["senderRole"]) for message in said] == [(1, "PATIENT"), (2, "AI_ASSISTANT")]
    assert said[1]["content"] == sent["reply"]["content"] != ""


def test_a_browser_gets_a_page(port: int) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request) as answer:
            page = answer.read().decode()
    except urllib.error.HTTPError as not_built:
        page = not_built.read().decode()
    assert "GraphiQL" in page


def test_both_languages_show_the_same_commands() -> None:
    assert blocks("README.md") == blocks("README.zh-CN.md")


def test_links_lead_somewhere() -> None:
    for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text()):
            assert (ROOT / target).exists(), (name, target)


def shell(*lines: str) -> str:
    done = subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout


def test_stops_cleanly_and_starts_again_with_everything(tmp_path: Path) -> None:
    for start in range(2):
        began = time.monotonic()
        with make_serve(WELLMATE_DATA_DIR=str(tmp_path / "data"), WELLMATE_PORT="0") as banner:
            assert ("password" in banner[2]) is (start == 0), banner
        assert time.monotonic() - began < 30
        assert not (tmp_path / "data" / "postmaster.pid").exists()
