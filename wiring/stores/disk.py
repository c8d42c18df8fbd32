"""Files on this machine's disk."""

import hmac

from persistence.objects.disk import DiskSettings, DiskStore
from settings import Settings
from wiring.installation import Secrets

FILES_PATH = "/files"


def store_of(settings: Settings, secrets: Secrets) -> DiskStore:
    """Without a public address links begin with a slash: resolvers put the address before it that was asked."""
    secret = hmac.digest(secrets.jwt_keys[0].encode(), b"wellmate links to files", "sha256")
    base_url = (settings.public_url or "").rstrip("/") + FILES_PATH
    return DiskStore(DiskSettings(settings.files_dir, base_url, secret))
