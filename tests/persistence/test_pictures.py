"""The picture pool ..."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.errors import BadUserInput, PayloadTooLarge
from domain.files.images import clean
from domain.files.picture import ImageLimits, Picture
from persistence.pictures import PicturePool
from tests import pictures

ENDLESS = pictures.jpeg_of_many_scans(2000, 20_000)


def children() -> set[int]:
    """Not those of the database, which this process may have started too."""
    pids = map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
    return {pid for pid in pids if b"picture_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@dataclass
class Desk:
    pool: PicturePool
    folder: Path
    others: set[int] = field(default_factory=children)

    async def clean(self, content: bytes, name: str = "a", limits: ImageLimits | None = None) -> Picture:
        source = self.folder / name
        source.write_bytes(content)
        kept, small = self.folder / f"{name}.kept", self.folder / f"{name}.small"
        return await self.pool.clean(source, kept, small, limits or ImageLimits())

    def children(self) -> set[int]:
        """Not those of a server that other tests keep in this process."""
        return children() - self.others

    def the_child(self) -> int:
        (pid,) = self.children()
        return pid


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    pool = PicturePool(workers=1, timeout_s=10)
    yield Desk(pool, tmp_path)
    await pool.aclose()


def told(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 10 s")


async def until_busy(pid: int) -> None:
    """Returns when the child has burnt 50 ms of CPU more."""

    def ticks() -> int:
        return int(told(pid, "stat").rpartition(") ")[2].split()[11])

    enough = ticks() + 5
    await until(lambda: ticks() >= enough)


async def test_does_in_another_process_what_the_pure_code_does(desk: Desk) -> None:
    picture = await desk.clean(pictures.honest()["heic"])
    source, kept, small = desk.folder / "a", desk.folder / "b.kept", desk.folder / "b.small"
    assert clean(source, kept, small, ImageLimits()) == picture
    assert (desk.folder / "a.kept").read_bytes() == kept.read_bytes()
    assert (desk.folder / "a.small").read_bytes() == small.read_bytes()


async def test_passes_refusals_on_with_their_words(desk: Desk) -> None:
    with pytest.raises(BadUserInput) as damaged:
        await desk.clean(pictures.damaged()["jpeg cut in half"])
    assert (damaged.value.zh, damaged.value.field) == ("图片已损坏或不完整，请换一张", "file")
    with pytest.raises(PayloadTooLarge) as huge:
        await desk.clean(bytes((1 << 20) + 1), limits=ImageLimits(max_bytes=1 << 20))
    assert (huge.value.en, huge.value.field) == ("A picture may have at most 1 MB.", "file")


async def test_uses_the_same_child_again(desk: Desk) -> None:
    await desk.clean(pictures.honest()["jpeg"])
    first = desk.the_child()
    with pytest.raises(BadUserInput):
        await desk.clean(b"no picture")
    await desk.clean(pictures.honest()["png"])
    assert desk.the_child() == first


async def test_kills_a_child_that_takes_too_long_and_goes_on(tmp_path: Path) -> None:
    pool = PicturePool(workers=1, timeout_s=0.5)
    desk = Desk(pool, tmp_path)
    with pytest.raises(BadUserInput, match="could not be processed") as refused:
        await desk.clean(ENDLESS)
    assert refused.value.field == "file"
    assert not (tmp_path / "a.kept").exists()
    assert not desk.children()
    assert (await desk.clean(pictures.honest()["jpeg"])).width == 96
    await pool.aclose()


async def test_survives_a_child_killed_at_work(desk: Desk) -> None:
    await desk.clean(pictures.honest()["jpeg"])
    pid = desk.the_child()
    work = asyncio.create_task(desk.clean(ENDLESS))
    await until_busy(pid)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(BadUserInput, match="could not be processed"):
        await work
    assert (await desk.clean(pictures.honest()["jpeg"])).width == 96
    assert desk.the_child() != pid


async def test_replaces_a_child_killed_while_idle(desk: Desk) -> None:
    await desk.clean(pictures.honest()["jpeg"])
    pid = desk.the_child()
    os.kill(pid, signal.SIGKILL)
    await until(lambda: all(child.returncode is not None for child in desk.pool._children if child.pid == pid))
    assert (await desk.clean(pictures.honest()["jpeg"])).width == 96


async def test_refuses_a_picture_whose_decoder_asks_for_too_much_memory(desk: Desk) -> None:
    bomb = pictures.jpeg_of_separate_scans(8944, 8944)
    with pytest.raises((BadUserInput, PayloadTooLarge)):
        await desk.clean(bomb)
    peak_kilobytes = told(desk.the_child(), "status").partition("VmHWM:")[2].split()[0]
    assert int(peak_kilobytes) < 200 << 10
    assert (await desk.clean(pictures.honest()["jpeg"])).width == 96


async def test_frees_the_child_of_a_client_who_went_away(desk: Desk) -> None:
    await desk.clean(pictures.honest()["jpeg"])
    pid = desk.the_child()
    work = asyncio.create_task(desk.clean(ENDLESS))
    await until_busy(pid)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not alive(pid)
    assert (await desk.clean(pictures.honest()["jpeg"])).width == 96


async def test_cleans_many_at_once_with_few_children(tmp_path: Path) -> None:
    pool = PicturePool(workers=2)
    desk = Desk(pool, tmp_path)
    every = pictures.honest()
    done = await asyncio.gather(*(desk.clean(every[kind], f"{kind}{n}") for kind in every for n in range(4)))
    assert [(picture.width, picture.height) for picture in done] == [(96, 64)] * 24
    assert len(desk.children()) == 2
    await pool.aclose()
    assert not desk.children()


async def test_tells_its_children_no_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLMATE_SECRET_KEY", "sesame")
    await desk.clean(pictures.honest()["jpeg"])
    variables = told(desk.the_child(), "environ").strip("\0").split("\0")
    assert [variable.partition("=")[0] for variable in variables] == ["PYTHONPATH"]
