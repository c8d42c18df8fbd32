"""docs/deployment.md without containers, word for word, on a throwaway Debian as root: python -m tests.deployment

systemd is stood in for by a small `systemctl`, which starts what the unit says as the user that it names; nginx
listens on loopback only. Everything else is what an operator types.
"""

import asyncio
import json
import os
import re
import ssl
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError

import websockets

ROOT = Path(__file__).parent.parent
HOME = Path("/opt/wellmate")
CURL = "curl --fail --retry 60 --retry-delay 1 --retry-max-time 60 --retry-all-errors"
BLOCKS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SYSTEMCTL = """#!/bin/bash
# systemd, as far as the documents use it
unit=/etc/systemd/system/wellmate.service
value() { sed -n "s/^$1=//p" $unit; }
case "$*" in
  "enable --now wellmate" | "start wellmate")
    cd "$(value WorkingDirectory)" || exit 1
    setsid runuser -u "$(value User)" -- $(value ExecStart) >> "$STATE/log" 2>&1 < /dev/null &
    echo $! > "$STATE/pid" ;;
  "stop wellmate")
    kill -- "-$(cat "$STATE/pid")"
    while kill -0 -- "-$(cat "$STATE/pid")" 2> /dev/null; do sleep 0.2; done ;;
  "reload nginx")
    nginx -s reload 2> /dev/null || nginx ;;
  *)
    echo "not known here: systemctl $*" >&2
    exit 1 ;;
esac
"""


def blocks() -> list[str]:
    """What the two sections say, in their order; those with Docker are left out."""
    text = (ROOT / "docs" / "deployment.md").read_text()
    return [
        block
        for block in BLOCKS.findall(text)
        if "docker compose" not in block and "cp .env.example .env\n" not in block
    ]


def shell(script: str, environment: Mapping[str, str]) -> str:
    print(script.rstrip(), flush=True)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=dict(environment),
        cwd=HOME if HOME.exists() else "/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        input="yes\n",
        text=True,
        check=False,
    )
    print(done.stdout, flush=True)
    if done.returncode:
        sys.exit(f"exit status {done.returncode}")
    return done.stdout


def patient(script: str) -> str:
    """What a person does by reading: waits until the server is up, answers yes, takes the name that is there."""
    started = "pg_ctlcluster 15 main start || pg_ctlcluster 15 main status\nrunuser -u postgres -- createuser"
    script = script.replace("runuser -u postgres -- createuser", started)  # Debian starts it where systemd runs
    script = re.sub("^curl", CURL, script.replace("<your mirror>", str(ROOT)), flags=re.MULTILINE)
    script = script.replace("/wellmate-20260101-030000.tar", "/$(ls /var/backups/wellmate)")
    site = "/etc/nginx/conf.d/wellmate.conf"
    return script.replace("nginx -t", f"sed -i 's/listen /listen 127.0.0.1:/' {site} && nginx -t")


@contextmanager
def machine() -> Iterator[dict[str, str]]:
    """The environment in which commands find our `systemctl`; what they started is stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        shim = Path(folder, "systemctl")
        shim.write_text(SYSTEMCTL)
        shim.chmod(shim.stat().st_mode | stat.S_IEXEC)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WELLMATE_")}
        environment = inherited | {"PATH": f"{folder}:/usr/sbin:/usr/bin:/sbin:/bin", "STATE": folder}
        try:
            yield environment
        finally:
            if Path(folder, "pid").exists():
                subprocess.run([str(shim), "stop", "wellmate"], env=environment, check=False)
            subprocess.run(["nginx", "-s", "stop"], check=False)
            print(Path(folder, "log").read_text() if Path(folder, "log").exists() else "")


def trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile="/etc/nginx/tls/fullchain.pem")


def fetch(path: str, body: object = None, headers: Mapping[str, str] = MappingProxyType({})) -> tuple[int, str]:
    data = json.dumps(body).encode() if body is not None else None
    kind = {"Content-Type": "application/json"} if body is not None else {"Accept": "text/html"}
    request = urllib.request.Request(f"https://localhost{path}", data=data, headers=kind | dict(headers))
    try:
        with urllib.request.urlopen(request, context=trust(), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


async def watched(token: str, message_id: str) -> str:
    """A reply over wss."""
    query = "subscription($id: ID!) { replyStream(messageId: $id) { ... on ReplyDone { message { content } } } }"
    protocols = [websockets.Subprotocol("graphql-transport-ws")]
    async with (
        asyncio.timeout(30),
        websockets.connect("wss://localhost/graphql", ssl=trust(), subprotocols=protocols) as socket,
    ):
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        await socket.recv()
        payload = {"query": query, "variables": {"id": message_id}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        async for frame in socket:
            event = json.loads(frame)
            if event["type"] == "next" and event["payload"]["data"]["replyStream"]:
                return str(event["payload"]["data"]["replyStream"]["message"]["content"])
    raise AssertionError("the socket ended before the reply")


def asked(query: str, token: str = "") -> Any:
    """`data` of an answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    _, body = fetch("/graphql", {"query": query}, headers)
    answer = json.loads(body)
    if "errors" in answer:
        raise AssertionError(answer["errors"])
    return answer["data"]


def used() -> str:
    """What a phone and a browser do, through nginx; returns the text of a reply."""
    token = asked('mutation { register(input: {username: "zhangsan", password: "correct horse"}) { accessToken } }')
    token = token["register"]["accessToken"]
    sent = asked('mutation { sendText(input: {text: "你好", clientKey: "1"}) { reply { id } } }', token)["sendText"]
    said = asyncio.run(watched(token, sent["reply"]["id"]))
    statuses = {path: fetch(path)[0] for path in ("/metrics", "/graphql", "/healthz")}
    if statuses != {"/metrics": 404, "/graphql": 200, "/healthz": 200}:
        raise AssertionError(statuses)
    return said


def remembered() -> str:
    """The same reply, after the restore."""
    token = asked('mutation { login(username: "zhangsan", password: "correct horse") { accessToken } }')
    nodes = asked("{ me { sessions { nodes { lastMessage { content } } } } }", token["login"]["accessToken"])
    return str(nodes["me"]["sessions"]["nodes"][0]["lastMessage"]["content"])


def main() -> None:
    if os.geteuid() != 0 or HOME.exists() or Path("/etc/systemd/system/wellmate.service").exists():
        sys.exit("This changes the machine that it runs on: a throwaway Debian, as root, without Wellmate.")
    install, settings, nginx, backup = blocks()
    with machine() as environment:
        for block in (install, settings, nginx):
            shell(patient(block), environment)
        said = used()
        shell(f"{patient(backup)}\n{CURL} -s http://127.0.0.1:8000/readyz", environment)
        if remembered() != said:
            raise AssertionError("the restored reply is another one")
    print("docs/deployment.md, without containers: every step went as written")


if __name__ == "__main__":
    main()
