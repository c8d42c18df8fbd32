"""The commands beneath `server.py` that serve nobody."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from operations.admins import create_admin, reseal_everything
from operations.backup import BackupError, back_up, restore
from operations.check import report
from operations.demo import fill
from operations.running import until_done
from settings import Settings
from wiring.first_start import prepare
from wiring.ground import running_database
from wiring.house import house
from wiring.installation import secrets_of
from wiring.lines import set_up

KEYS = "Keep WELLMATE_DATA_KEYS (in development data/secrets.json) elsewhere: without them phones and keys stay sealed."


def run(given: argparse.Namespace, settings: Settings) -> None:
    set_up(settings)
    actions: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
        "reseal": lambda: reseal_everything(settings),
        "check": lambda: report(settings),
        "backup": lambda: backup_command(settings, given.target),
        "restore": lambda: restore_command(settings, given.source, sure=given.yes),
        "demo": lambda: demo_command(settings),
        "create-admin": lambda: create_admin(settings, given.username),
    }
    try:
        until_done(actions[given.command]())
    except BackupError as error:
        sys.exit(str(error))


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
