"""Before a server starts …"""

from pathlib import Path

import pytest

from settings import Settings
from wiring.installation import NotReady, secrets_of

STRONG = "b1Zt0Pq4sW7x-Lr9Uv2Yc5Dk8Mn3Ja6Ef"
OLDER = "Q9zT1Pq4sW7x-Lr9Uv2Yc5Dk8Mn3Ja6Gh"
PRODUCTION = {
    "env": "production",
    "database_url": "postgresql://x@127.0.0.1/x",
    "jwt_secret": STRONG,
    "data_keys": STRONG,
}


def settings(**given: object) -> Settings:
    return Settings.model_validate({"_env_file": None} | given)


def lines(**given: object) -> list[str]:
    with pytest.raises(NotReady) as caught:
        secrets_of(settings(**given))
    return caught.value.lines


def test_production_wants_every_secret_in_one_list() -> None:
    assert lines(env="production")[:-1] == [
        "WELLMATE_JWT_SECRET is missing",
        "WELLMATE_DATA_KEYS is missing",
        "WELLMATE_DATABASE_URL is missing: the embedded database is for development",
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"jwt_secret": "short"}, "WELLMATE_JWT_SECRET is shorter than 32 characters"),
        ({"jwt_secret": "ab" * 20}, "WELLMATE_JWT_SECRET repeats too few characters"),
        ({"data_keys": f"{STRONG},short"}, "WELLMATE_DATA_KEYS: key 2 is shorter than 32 characters"),
        ({"admin_password": "admin"}, "WELLMATE_ADMIN_PASSWORD is shorter than 12 characters"),
        ({"sms_provider": "log"}, "WELLMATE_SMS_PROVIDER=log writes codes into the log: not in production"),
        ({"wechat_app_id": "wx1"}, "WELLMATE_WECHAT_APP_ID and WELLMATE_WECHAT_APP_SECRET belong together"),
    ],
)
def test_production_says_what_is_weak(changes: dict[str, object], line: str) -> None:
    assert lines(**PRODUCTION | changes)[:-1] == [line]


def test_a_sender_of_messages_is_configured_wholly_or_not_at_all(tmp_path: Path) -> None:
    assert lines(data_dir=tmp_path, sms_provider="aliyun", sms_key_id="x") == [
        "WELLMATE_SMS_KEY_SECRET is missing for WELLMATE_SMS_PROVIDER=aliyun",
        "WELLMATE_SMS_SIGN_NAME is missing for WELLMATE_SMS_PROVIDER=aliyun",
        "WELLMATE_SMS_TEMPLATE is missing for WELLMATE_SMS_PROVIDER=aliyun",
    ]


def test_keys_are_read_newest_first() -> None:
    found = secrets_of(settings(**PRODUCTION | {"jwt_secret": f"{STRONG}, {OLDER}", "data_keys": f"{OLDER},{STRONG}"}))
    assert (found.jwt_keys, found.data_keys) == ((STRONG, OLDER), (OLDER, STRONG))


def test_development_makes_secrets_once_for_its_user_alone(tmp_path: Path) -> None:
    first, again = secrets_of(settings(data_dir=tmp_path)), secrets_of(settings(data_dir=tmp_path))
    assert first == again
    assert len(first.jwt_keys[0]) >= 32
    assert first.jwt_keys != first.data_keys
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert first.jwt_keys[0] not in repr(first)
