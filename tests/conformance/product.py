"""The product served until standard input closes; the first line of output is its address and an admin's token."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.api.client import People, http_client
from tests.api.serving import ADMIN_PASSWORD
from tests.processes import fleet


async def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with fleet(Path(folder)) as running:
            server = await running.start()
            async with http_client(server.port) as http:
                admin = await People(server.port, http).admin(ADMIN_PASSWORD)
            sys.stdout.write(f"127.0.0.1:{server.port} {admin.token}\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
