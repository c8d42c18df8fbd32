"""What a new installation begins with: the default assistants, the providers of the settings, the first superadmin."""

import secrets
from dataclasses import asdict
from typing import Any

from domain.assistant.dialects.words import ApiType
from domain.assistant.prompts import default_assistants
from domain.clock import new_id
from domain.errors import Conflict
from persistence.talk import talk_on
from settings import Settings, revealed
from wiring.house import House


async def prepare(settings: Settings, built: House) -> str | None:
    """Adds what is missing, changes nothing. Returns the password of the superadmin when one was generated."""
    async with talk_on(built.database)() as work:
        for name, provider in given_providers(settings).items():
            key = provider.pop("api_key")
            hint = key[-4:] if key and len(key) >= 12 else None
            sealed = built.box.seal(key) if key else None
            await work.configs.add_api(
                {"id": new_id(), "name": name, "key_sealed": sealed, "key_hint": hint} | provider
            )
        if not await built.reads.configs.all_dialogs():
            for assistant in default_assistants():
                await work.configs.add_dialog({"id": new_id()} | asdict(assistant))
    return await _first_admin(settings, built)


def given_providers(settings: Settings) -> dict[str, dict[str, Any]]:
    """api_configs by name, as far as the settings describe them."""
    candidates = {
        "FastGPT": (ApiType.FASTGPT, settings.fastgpt_base_url, settings.fastgpt_api_key, None),
        "StepFun": (ApiType.STEP_VISION, settings.step_base_url, settings.step_api_key, settings.step_model),
        "OpenAI": (ApiType.OPENAI_COMPATIBLE, settings.openai_base_url, settings.openai_api_key, settings.openai_model),
    }
    return {
        name: {"type": kind.value, "base_url": url, "api_key": revealed(key), "default_model": model}
        for name, (kind, url, key, model) in candidates.items()
        if url is not None
    }


async def _first_admin(settings: Settings, built: House) -> str | None:
    sign_in = built.services.accounts.sign_in
    given = revealed(settings.admin_password)
    if await sign_in.has_superadmin() or (given is None and settings.in_production):
        return None
    password = given or secrets.token_urlsafe(12)
    try:
        await sign_in.create_admin(settings.admin_username, password)
    except Conflict:
        if await sign_in.has_superadmin():  # another process was quicker
            return None
        raise
    return None if given is not None else password
