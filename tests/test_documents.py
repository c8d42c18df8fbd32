"""The documents …"""

from pathlib import Path

import pytest

from environment import FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_name_every_setting(path: Path) -> None:
    assert path.read_text() == FILES[path](), "run `make docs`"
