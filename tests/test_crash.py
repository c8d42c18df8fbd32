"""The one command, killed in the middle of a reply: …"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.api.client import Json, People, Person, http_client, new_key
from tests.api.test_chat import SEND
from tests.standins.chat import Manner
from tests.standins.fastgpt import FastGPT

ROOT = Path(__file__).parent.parent
ROUNDS = 10
TEXT = "慢慢说" * 8
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STATES = "{ me { sessions { nodes { lastSeq messages(last: 2) { nodes { seq kind state content } } } } } }"


@asynccontextmanager
async def serving(folder: Path, vendor: FastGPT) -> AsyncIterator[tuple[subprocess.Popen[str], int]]:
    environment = os.environ | {
        "WELLMATE_DATA_DIR": str(folder),
        "WELLMATE_PORT": "0",
        "WELLMATE_FASTGPT_BASE_URL": vendor.base_url,
        "WELLMATE_FASTGPT_API_KEY": vendor.key,
    }
    command = [sys.executable, "server.py", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:  # noqa: ASYNC220 quick
        assert server.stdout is not None
        banner = await asyncio.to_thread(server.stdout.readline)
        yield server, int(banner.split("/graphql")[0].rsplit(":", 1)[1])
        server.terminate()


async def test_every_reply_ends_and_no_message_is_lost_or_doubled(tmp_path: Path) -> None:
    rng, sent, token = random.Random(3), 0, None
    with FastGPT() as vendor:
        vendor.manner = Manner(text=TEXT, piece=1, tokens_per_s=40)
        for _ in range(ROUNDS):
            async with serving(tmp_path, vendor) as (server, port), http_client(port) as http:
                people = People(port, http)
                person = Person(port, http, token) if token else await people.patient()
                token = person.token
                await person.ask(SEND, input={"text": "请说", "clientKey": new_key()})
                sent += 1
                await asyncio.sleep(rng.uniform(0, 0.9))
                server.send_signal(signal.SIGKILL)
        async with serving(tmp_path, vendor) as (_, port), http_client(port) as http:
            sessions = await settled(Person(port, http, token))
    assert [session["lastSeq"] for session in sessions] == [2] * sent
    ends = [
        (session["messages"]["nodes"][1]["state"], session["messages"]["nodes"][1]["content"]) for session in sessions
    ]
    whole, given_up = ("COMPLETE", TEXT), ("FAILED", "")
    assert set(ends) <= {whole, given_up}, ends


async def settled(person: Person) -> list[Json]:
    """All sessions, once no reply is pending."""
    async with asyncio.timeout(60):
        while True:
            sessions = (await person.ask(STATES))["me"]["sessions"]["nodes"]
            replies = [session["messages"]["nodes"][-1]["state"] for session in sessions]
            if not {"PENDING", "STREAMING"} & set(replies):
                return list(sessions)
            await asyncio.sleep(0.2)
