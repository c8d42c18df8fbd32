"""`server.py check`: what is configured, reachable, missing, in plain words."""

import asyncpg

from domain.clock import new_id, utc_now
from domain.errors import UpstreamUnavailable
from domain.files.keys import new_key
from settings import Settings, SmsProvider, Storage, revealed
from wiring.first_start import given_providers
from wiring.installation import NotReady, Secrets, secrets_of
from wiring.outside import provider_of
from wiring.storage import missing, store_of


async def report(settings: Settings) -> None:
    """Prints a line a part; exits with 1 when something would keep the server from starting."""
    lines = [f"environment   {settings.env.value}", _secrets(settings), await _database(settings)]
    lines += [await _storage(settings), _wechat(settings), _sms(settings), *_providers(settings)]
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


async def _storage(settings: Settings) -> str:
    if lines := missing(settings):
        return "files         ✗ " + "; ".join(lines)
    if settings.storage is Storage.DISK:
        return f"files         ✓ on this disk, in {settings.files_dir.resolve()}"
    store = store_of(settings, Secrets(("",), ()))
    try:
        await store.head(new_key("check", utc_now(), new_id(), "image/jpeg"))
    except UpstreamUnavailable:
        return (
            f"files         ✗ {settings.storage.value}: bucket {store.bucket} cannot be reached, or not with these keys"
        )
    finally:
        await store.aclose()
    return f"files         ✓ {settings.storage.value}: bucket {store.bucket}"


def _wechat(settings: Settings) -> str:
    if settings.wechat_app_id is None:
        return "WeChat        – WELLMATE_WECHAT_APP_ID is not set: no sign-in by WeChat"
    return f"WeChat        ✓ mini-program {settings.wechat_app_id}"


def _sms(settings: Settings) -> str:
    provider = provider_of(settings)
    if provider is SmsProvider.NONE:
        return "text messages – WELLMATE_SMS_PROVIDER is not set: no codes to phones"
    if provider is SmsProvider.LOG:
        return "text messages – none are sent: codes stand in the log"
    return f"text messages ✓ {provider.value}"


def _providers(settings: Settings) -> list[str]:
    given = given_providers(settings)
    if not given:
        return ["models        – none in the settings: a demonstration answers until createApiConfig adds one"]
    return [f"models        ✓ {name}: {provider['base_url']}" for name, provider in given.items()]
