"""The toy served on a port of its own until standard input closes; its address is the first line of output."""

import asyncio
import sys

from tests.transport.conftest import served
from tests.transport.toy import World, make_app
from transport.asgi import Bounds
from transport.budget import Budget


async def main() -> None:
    async with served(make_app(World(), bounds=Bounds(), budget=Budget())) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
