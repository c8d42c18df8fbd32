"""What an installation needs before it may run: secrets given, or in development made once and kept."""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from settings import Settings, revealed
from wiring.outside import problems

FILE = "secrets.json"
MINI_PROGRAM = Path(__file__).parents[1] / "clients" / "miniprogram" / "documents.json"
SHORTEST = 32


class NotReady(Exception):
    """Its lines say what an operator has to do."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Secrets:
    """Newest first: it signs and seals, the others are still believed and still open."""

    jwt_keys: tuple[str, ...] = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)


def secrets_of(settings: Settings) -> Secrets:
    """Raises NotReady for impossible settings, in production unless every secret is given and strong."""
    if settings.in_production:
        return _given(settings)
    if lines := problems(settings):
        raise NotReady(lines)
    kept = _kept(settings.data_dir / FILE)
    keys = revealed(settings.data_keys) or kept["data_keys"]
    return Secrets(_split(revealed(settings.jwt_secret) or kept["jwt_secret"]), _split(keys))


def documents_of(settings: Settings) -> dict[str, str]:
    """What clients may send by its SHA-256 alone. Raises NotReady for a file that is not there or not what it says.

    The mini-program's are always among them: with them GraphiQL signs in, however closed the rest is.
    """
    more = _documents_in(settings.documents) if settings.documents else {}
    return _documents_in(MINI_PROGRAM) | more


def _documents_in(path: Path) -> dict[str, str]:
    try:
        documents = TypeAdapter(dict[str, str]).validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotReady(
            [f"WELLMATE_DOCUMENTS: {path} is not a JSON object of texts ({type(error).__name__})"]
        ) from error
    wrong = [key for key, text in documents.items() if hashlib.sha256(text.encode()).hexdigest() != key]
    if wrong:
        raise NotReady([f"WELLMATE_DOCUMENTS: {path}: not the SHA-256 of its text: {key}" for key in wrong])
    return documents


def _given(settings: Settings) -> Secrets:
    jwt_keys, data_keys = _split(revealed(settings.jwt_secret)), _split(revealed(settings.data_keys))
    lines = [*_weak_keys("WELLMATE_JWT_SECRET", jwt_keys), *_weak_keys("WELLMATE_DATA_KEYS", data_keys)]
    if revealed(settings.admin_password) is not None and (weak := _weakness(revealed(settings.admin_password), 12)):
        lines.append(f"WELLMATE_ADMIN_PASSWORD {weak}")
    if settings.database_url is None:
        lines.append("WELLMATE_DATABASE_URL is missing: the embedded database is for development")
    lines += problems(settings)
    if lines:
        raise NotReady([*lines, "Make a secret with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"])
    return Secrets(jwt_keys, data_keys)


def _weak_keys(name: str, keys: tuple[str, ...]) -> list[str]:
    if len(keys) < 2:
        weak = _weakness(keys[0] if keys else None)
        return [f"{name} {weak}"] if weak else []
    return [f"{name}: key {n} {weak}" for n, key in enumerate(keys, 1) if (weak := _weakness(key))]


def _weakness(secret: str | None, shortest: int = SHORTEST) -> str | None:
    if not secret:
        return "is missing"
    if len(secret) < shortest:
        return f"is shorter than {shortest} characters"
    if len(set(secret)) < shortest // 4:
        return "repeats too few characters"
    return None


def _split(keys: str | None) -> tuple[str, ...]:
    return tuple(key.strip() for key in (keys or "").split(",") if key.strip())


def _kept(path: Path) -> dict[str, str]:
    """Made once; two processes that start together read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = {"jwt_secret": secrets.token_urlsafe(48), "data_keys": secrets.token_urlsafe(48)}
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    with os.fdopen(descriptor, "w") as file:
        json.dump(fresh, file)
    return fresh
