"""The documents …"""

import re
import tomllib
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from environment import FILES

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_name_every_setting(path: Path) -> None:
    assert path.read_text() == FILES[path](), "run `make docs`"


def test_and_the_image_know_every_package() -> None:
    packages = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"])
    taken = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    compiled = (ROOT / "Makefile").read_text().partition("PACKAGES := ")[2].partition("\n")[0].split()
    assert packages | {"migrations"} <= taken
    assert packages | {"migrations"} == set(compiled)


def test_show_operations_that_the_schema_knows() -> None:
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text())
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    shown = [
        text
        for page in pages
        for text in re.findall(r"^```graphql\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    ]
    assert shown
    for text in shown:
        assert validate(schema, parse(text)) == [], text
