"""Files in any store that speaks S3."""

from persistence.objects.s3 import S3Settings, S3Store
from settings import Settings, revealed
from wiring.installation import Secrets


def store_of(settings: Settings, _secrets: Secrets) -> S3Store:
    return S3Store(_settings(settings))


def _settings(settings: Settings) -> S3Settings:
    return S3Settings(
        url=(settings.s3_url or "").rstrip("/"),
        bucket=settings.s3_bucket or "",
        access_key=settings.s3_access_key or "",
        secret_key=revealed(settings.s3_secret_key) or "",
        region=settings.s3_region,
        public_url=settings.s3_public_url,
    )
