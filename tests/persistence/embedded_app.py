"""A process that uses the embedded PostgreSQL, for the tests to kill: `python -m … <folder> [write]`.

It says "ready", with `write` then each number that it committed, and leaves when its input ends.
"""

import asyncio
import sys
from pathlib import Path

import asyncpg

from persistence.embedded.database import NOT_YET
from persistence.embedded.server import start


async def write_until_the_server_goes(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
        await connection.execute("CREATE TABLE IF NOT EXISTS numbers (n bigint GENERATED ALWAYS AS IDENTITY)")
        while True:
            say(await connection.fetchval("INSERT INTO numbers DEFAULT VALUES RETURNING n"))
    except NOT_YET:
        say("lost")


def say(word: object) -> None:
    print(word, flush=True)  # noqa: T201 - the tests read it


if __name__ == "__main__":
    with start(Path(sys.argv[1])) as server:
        say("ready")
        if sys.argv[2:] == ["write"]:
            asyncio.run(write_until_the_server_goes(server.dsn()))
        sys.stdin.read()
