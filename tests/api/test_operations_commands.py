"""What operators do beside serving: …"""

import io
import tarfile
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from operations.backup import BackupError, back_up, restore
from operations.demo import PASSWORD, fill
from persistence.embedded.server import EmbeddedServer
from tests.api.client import LOGIN, People, http_client
from tests.api.serving import served, settings_for
from tests.postgres import fresh_database

CLINIC = """{
  me { sessions { nodes { title members { user { nickname } } messages(first: 20) { nodes { content } } } } }
  healthData(metric: BLOOD_PRESSURE, first: 100) { nodes { systolic diastolic } }
  records { nodes { kind title body } }  treasureBooks { nodes { title category } } }"""


async def clinic_of(dsn: str, folder: Path) -> object:
    async with served(settings_for(dsn, folder)) as running, http_client(running.port) as http:
        stranger = People(running.port, http).stranger()
        stranger.token = (await stranger.ask(LOGIN, username="zhangwei", password=PASSWORD))["login"]["accessToken"]
        return await stranger.ask(CLINIC)


async def test_a_demonstration_clinic_comes_back_from_its_backup(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path
) -> None:
    with fresh_database(postgres, template_database) as first, fresh_database(postgres, template_database) as second:
        async with served(settings_for(first, tmp_path)) as running:
            said = await fill(running.house)
            again = await fill(running.house)
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "report.pdf").write_bytes(b"%PDF-1.7")
        before = await clinic_of(first, tmp_path)
        written = back_up(first, tmp_path / "files", tmp_path)
        await clinic_has_a_newer_table(second, tmp_path)
        restore(second, tmp_path / "restored", written)
        after = await clinic_of(second, tmp_path)
        tables = await tables_of(second)
        assert tables == await tables_of(first)
        spoiled = spoil(written, tmp_path / "spoiled.tar")
        with pytest.raises(BackupError, match="failed"):
            restore(second, tmp_path / "restored", spoiled)
        assert await clinic_of(second, tmp_path) == before
    assert len(said) == 3
    assert again == ["The demonstration clinic is there already."]
    assert after == before
    assert (tmp_path / "restored" / "report.pdf").read_bytes() == b"%PDF-1.7"
    assert written.stat().st_mode & 0o077 == 0


async def clinic_has_a_newer_table(dsn: str, folder: Path) -> None:
    """A database that has served, of a version to come."""
    async with served(settings_for(dsn, folder)) as running, running.house.database.transaction() as connection:
        await connection.execute(text("CREATE TABLE to_come (id integer PRIMARY KEY)"))


async def tables_of(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    try:
        rows = await connection.fetch(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE tableowner = current_user"
        )
    finally:
        await connection.close()
    return sorted(str(row[0]) for row in rows)


def spoil(backup: Path, target: Path) -> Path:
    """A copy whose dump breaks off in the middle."""
    with tarfile.open(backup) as tar, tarfile.open(target, "w") as out:
        dump = tar.extractfile("database.dump")
        assert dump is not None
        half = dump.read()[: tar.getmember("database.dump").size // 2]
        entry = tarfile.TarInfo("database.dump")
        entry.size = len(half)
        out.addfile(entry, io.BytesIO(half))
    return target


def test_a_folder_that_is_not_there_is_said_so(database_dsn: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="Nothing can be written"):
        back_up(database_dsn, tmp_path / "files", tmp_path / "nowhere" / "x.tar")


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "files/../../outside"])
def test_nothing_is_written_outside(database_dsn: str, tmp_path: Path, name: str) -> None:
    source = tmp_path / "x.tar"
    with tarfile.open(source, "w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(BackupError, match="no file of a backup"):
        restore(database_dsn, tmp_path / "files", source)
    assert not list(tmp_path.parent.glob("outside"))


@pytest.mark.parametrize("content", [b"", b"not a tar", None])
def test_what_is_no_backup_changes_nothing(database_dsn: str, tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "x.tar"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(BackupError, match=r"cannot be read|not a backup"):
        restore(database_dsn, tmp_path / "files", source)
