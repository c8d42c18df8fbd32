"""The documents …"""

import tomllib
from pathlib import Path

import pytest

from environment import FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_name_every_setting(path: Path) -> None:
    assert path.read_text() == FILES[path](), "run `make docs`"


def test_and_the_image_know_every_package() -> None:
    root = Path(__file__).parent.parent
    packages = set(tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"])
    taken = {line.removeprefix("!") for line in (root / ".dockerignore").read_text().splitlines()}
    compiled = (root / "Makefile").read_text().partition("PACKAGES := ")[2].partition("\n")[0].split()
    assert packages | {"migrations"} <= taken
    assert packages | {"migrations"} == set(compiled)
