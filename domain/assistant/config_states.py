"""What an admin may change of a provider and of an assistant, for the audit trail."""

from domain.assistant.models import DialogConfig, Provider
from domain.audit import State


def api_state(provider: Provider) -> State:
    config = provider.config
    return {
        "name": config.name,
        "type": config.type,
        "baseUrl": config.base_url,
        "apiKey": provider.key_sealed,
        "defaultModel": config.default_model,
        "timeoutMs": config.timeout_ms,
        "firstTokenTimeoutMs": config.first_token_timeout_ms,
        "idleTimeoutMs": config.idle_timeout_ms,
        "enabled": config.enabled,
        "fallbackId": config.fallback_id,
    }


def dialog_state(dialog: DialogConfig) -> State:
    return {
        "slug": dialog.slug,
        "roleName": dialog.role_name,
        "prompt": dialog.prompt,
        "greeting": dialog.greeting,
        "modelName": dialog.model_name,
        "textApiId": dialog.text_api_id,
        "imageApiId": dialog.image_api_id,
        "enabled": dialog.enabled,
    }
