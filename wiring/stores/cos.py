"""Files in Tencent Cloud's object storage."""

from urllib.parse import urlsplit

from persistence.objects.cos import CosSettings, CosStore
from settings import Settings, revealed
from wiring.installation import Secrets


def store_of(settings: Settings, _secrets: Secrets) -> CosStore:
    return CosStore(_settings(settings))


def _settings(settings: Settings) -> CosSettings:
    own = urlsplit(settings.cos_url) if settings.cos_url else None
    return CosSettings(
        bucket=settings.cos_bucket or "",
        region=settings.cos_region or "",
        secret_id=settings.cos_secret_id or "",
        secret_key=revealed(settings.cos_secret_key) or "",
        domain=own.netloc if own else None,
        scheme=own.scheme if own else "https",
    )
