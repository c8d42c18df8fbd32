"""Peak memory and time of one picture of each kind, as large as is taken; the longest pause of the loop meanwhile.

python -m tests.bench.pictures
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from pillow_heif import HeifFile, from_pillow

from domain.files.images import clean
from domain.files.picture import ImageLimits
from persistence.pictures import PicturePool

LIMITS = ImageLimits(max_bytes=200 << 20)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    seed = Image.frombytes("RGB", (256, 256), os.urandom(256 * 256 * 3))
    return seed.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def heif(image: Image.Image, path: Path) -> None:
    file: HeifFile = from_pillow(image)
    file.save(path, quality=50)


def glass(width: int, height: int) -> Image.Image:
    image = noise(width, height, "RGBA")
    image.putalpha(128)
    return image


LARGEST: dict[str, Callable[[Path], None]] = {
    "jpeg 80 MP": lambda path: noise(10320, 7740).save(path, "JPEG"),
    "jpeg 16.7 MP (not reduced)": lambda path: noise(4095, 4095).save(path, "JPEG"),
    "progressive jpeg 24 MP": lambda path: noise(5656, 4242).save(path, "JPEG", progressive=True, subsampling=0),
    "png 28 MP": lambda path: noise(6110, 4580).save(path, "PNG", compress_level=1),
    "transparent png 15.5 MP": lambda path: glass(4543, 3408).save(path, "PNG", compress_level=1),
    "gif 20 MP": lambda path: noise(5160, 3870, "P").save(path, "GIF"),
    "bmp 28 MP": lambda path: noise(6110, 4580).save(path, "BMP"),
    "webp 10 MP": lambda path: noise(3650, 2735).save(path, "WEBP", method=0),
    "heic 24.5 MP": lambda path: heif(noise(5712, 4284), path),
    "transparent heic 15.5 MP": lambda path: heif(glass(4543, 3408), path),
}


def measure(name: str) -> None:
    """In a process of its own, so that its peak is that of one picture."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        if os.fork() == 0:
            LARGEST[name](source)
            os._exit(0)
        os.wait()
        started = time.perf_counter()
        clean(source, Path(folder) / "kept", Path(folder) / "small", LIMITS)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{name:30} {peak:6.0f} MB {seconds:6.2f} s\n")


async def longest_pause() -> None:
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before - 0.001)

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        noise(4000, 3000).save(source, "JPEG")
        pool = PicturePool()
        watcher = asyncio.create_task(watch())
        targets = [(Path(folder) / f"{n}", Path(folder) / f"{n}.small") for n in range(40)]
        await asyncio.gather(*(pool.clean(source, *pair, LIMITS) for pair in targets))
        watcher.cancel()
        await pool.aclose()
    sys.stdout.write(f"40 pictures of 12 MP: longest pause of the loop {longest * 1000:.1f} ms\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        for each in LARGEST:
            os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-m", "tests.bench.pictures", each])
        asyncio.run(longest_pause())
