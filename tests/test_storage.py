"""The store of the settings …"""

from pathlib import Path

import pytest

from operations.check import report
from persistence.objects.cos import CosStore
from persistence.objects.disk import DiskStore
from persistence.objects.s3 import S3Store
from settings import Settings
from tests.api.keeping import store_settings
from tests.standins.cos import Cos
from tests.standins.s3 import S3
from wiring.installation import NotReady, Secrets
from wiring.storage import store_of

SECRETS = Secrets(("a secret of tests, long enough for all",), ("another one of tests, long enough",))


def settings(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, "_env_file": None} | given)


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({"storage": "cos", "cos_bucket": "b-1", "cos_region": "r"}, ["COS_SECRET_ID", "COS_SECRET_KEY"]),
        ({"storage": "s3", "s3_url": "http://minio:9000"}, ["S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"]),
    ],
)
def test_is_not_opened_with_a_setting_missing(given: dict[str, object], lines: list[str], tmp_path: Path) -> None:
    with pytest.raises(NotReady) as refused:
        store_of(settings(tmp_path, **given), SECRETS)
    name = given["storage"]
    assert refused.value.lines == [f"WELLMATE_{line} is missing for WELLMATE_STORAGE={name}" for line in lines]


@pytest.mark.parametrize("url", ["minio:9000", "http://minio:9000/bucket", "http://minio:9000?x", "ftp://minio"])
def test_has_an_address_without_a_path(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3_url"):
        settings(tmp_path, s3_url=url)


async def test_is_the_disk_unless_another_is_named(tmp_path: Path) -> None:
    with Cos() as cos, S3() as s3:
        given = [{}, store_settings(cos), store_settings(s3)]
        stores = [store_of(settings(tmp_path, **each), SECRETS) for each in given]
    assert [type(store) for store in stores] == [DiskStore, CosStore, S3Store]
    for store in stores:
        await store.aclose()


def test_signs_addresses_at_the_public_address(tmp_path: Path) -> None:
    key = "chat_image/2026/01/01a1f8b1-e13f-730c-b5a8-bdf6629d0330.jpg"
    store = store_of(settings(tmp_path, public_url="https://api.example.cn/"), SECRETS)
    assert store.signed_url(key, 60).startswith(f"https://api.example.cn/files/{key}?expires=")
    other = store_of(settings(tmp_path), Secrets(("another secret, long enough for all",), ("x",)))
    assert store.signed_url(key, 60).partition("signature=")[2] != other.signed_url(key, 60).partition("signature=")[2]


@pytest.mark.parametrize("vendor", [Cos, S3])
async def test_is_looked_at_by_the_check(
    vendor: type[Cos | S3], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with vendor() as standin:
        given = settings(tmp_path, **store_settings(standin))
        await report(given)
        assert f"files         ✓ {given.storage.value}: bucket {standin.bucket}\n" in capsys.readouterr().out
        standin.refuse()
        with pytest.raises(SystemExit):
            await report(given)
        assert (
            f"files         ✗ {given.storage.value}: bucket {standin.bucket} cannot be reached"
            in capsys.readouterr().out
        )
