"""`server.py check`: what is configured, reachable, missing, in plain words."""

import asyncpg

from first_start import given_providers
from installation import NotReady, secrets_of
from settings import Settings, revealed


async def report(settings: Settings) -> None:
    """Prints a line a part; exits with 1 when something would keep the server from starting."""
    lines = [f"environment   {settings.env.value}", _secrets(settings), await _database(settings)]
    lines += _providers(settings)
    for line in lines:
        print(line)
    if any("✗" in line for line in lines):
        raise SystemExit(1)


def _secrets(settings: Settings) -> str:
    try:
        secrets_of(settings)
    except NotReady as error:
        return "secrets       ✗ " + "; ".join(error.lines)
    return "secrets       ✓"


async def _database(settings: Settings) -> str:
    url = revealed(settings.database_url)
    if url is None:
        return f"database      ✓ embedded PostgreSQL in {settings.data_dir.resolve()}"
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=5)
        version = connection.get_server_version()
        await connection.close()
    except (OSError, asyncpg.PostgresError, ValueError, TimeoutError) as error:
        return f"database      ✗ WELLMATE_DATABASE_URL is set but not reachable ({type(error).__name__})"
    sign = "✓" if version.major >= 14 else "✗ 14 or newer is needed:"
    return f"database      {sign} PostgreSQL {version.major}.{version.minor}"


def _providers(settings: Settings) -> list[str]:
    given = given_providers(settings)
    if not given:
        return ["models        – none in the settings: a demonstration answers until createApiConfig adds one"]
    return [f"models        ✓ {name}: {provider['base_url']}" for name, provider in given.items()]
