"""The commands `create-admin` and `reseal`."""

import getpass
import os

from persistence.resealing import reseal
from settings import Settings
from wiring.house import house
from wiring.installation import secrets_of


async def create_admin(settings: Settings, username: str) -> None:
    password = os.environ.get("WELLMATE_ADMIN_PASSWORD") or getpass.getpass(f"Password of {username}: ")
    async with house(settings, secrets_of(settings)) as built:
        user = await built.services.accounts.sign_in.create_admin(username, password)
    print(f"{user.username} is a superadmin now.")


async def reseal_everything(settings: Settings) -> None:
    async with house(settings, secrets_of(settings)) as built:
        count = await reseal(built.database, built.box)
    print(f"Under the newest of WELLMATE_DATA_KEYS now: {count}. Older keys can go.")
