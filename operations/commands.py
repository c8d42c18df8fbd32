"""The commands `backup`, `restore` and `demo` beneath `server.py`."""

import asyncio
from pathlib import Path

from first_start import prepare
from ground import running_database
from installation import secrets_of
from operations.backup import back_up, restore
from operations.demo import fill
from settings import Settings
from wiring import house

KEYS = "Keep WELLMATE_DATA_KEYS (in development data/secrets.json) elsewhere: without them phones and keys stay sealed."


async def backup_command(settings: Settings, target: Path) -> None:
    async with running_database(settings) as url:
        written = await asyncio.to_thread(back_up, url, settings.files_dir, target)
    print(f"Backed up to {written} ({written.stat().st_size:,} bytes). {KEYS}")


async def restore_command(settings: Settings, source: Path, *, sure: bool) -> None:
    question = f"Replace everything in the database by {source}? Type yes: "
    if not sure and await asyncio.to_thread(input, question) != "yes":
        print("Nothing was changed.")
        return
    async with running_database(settings) as url:
        await asyncio.to_thread(restore, url, settings.files_dir, source)
    print(f"Restored {source}. Start the server: it brings an older backup up to date.")


async def demo_command(settings: Settings) -> None:
    async with house(settings, secrets_of(settings)) as built:
        password = await prepare(settings, built)
        if password is not None:
            print(f"The admin is {settings.admin_username}, password {password} (shown only now).")
        for line in await fill(built):
            print(line)
