"""Encryption at rest and keyed look-up hashes, under keys that rotate: the newest seals, all of them open."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet


class SecretBox:
    """`keys`: any texts of enough entropy, newest first. Raises cryptography's InvalidToken on a foreign text."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derive(key, b"seal")) for key in keys])
        self._lookup_keys = [_derive(key, b"look-up") for key in keys]

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        return self._fernet.decrypt(sealed.encode()).decode()

    def lookup_hash(self, text: str) -> bytes:
        """32 bytes to store beside a sealed text that must be found again."""
        return self.lookup_hashes(text)[0]

    def lookup_hashes(self, text: str) -> list[bytes]:
        """What `lookup_hash` gave under each key, newest first: search for any of them."""
        return [hmac.digest(key, text.encode(), "sha256") for key in self._lookup_keys]


def _derive(key: str, purpose: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), b"wellmate " + purpose, hashlib.sha256))
