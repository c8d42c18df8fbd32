"""`python environment.py`: writes .env.example and docs/environment.md from the settings class."""

from enum import Enum
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from settings import Settings

HERE = Path(__file__).parent
HEAD = """# Settings

Read once at start, from the environment or from `.env` beside `server.py`. Written by `make docs` from `settings.py`.

| name | default | meaning |
|---|---|---|
"""


def name_of(field: str) -> str:
    return f"WELLMATE_{field.upper()}"


def default_of(info: FieldInfo) -> str:
    value: Any = info.default
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value if isinstance(value, Enum) else value)


def markdown() -> str:
    rows = (
        f"| `{name_of(field)}` | {f'`{default_of(info)}`' if default_of(info) else ''} | {info.description} |\n"
        for field, info in Settings.model_fields.items()
    )
    return HEAD + "".join(rows)


def example() -> str:
    entries = (
        f"# {info.description}\n#{name_of(field)}={default_of(info)}\n" for field, info in Settings.model_fields.items()
    )
    return "# Copy to .env and fill in what you need; everything has a default.\n\n" + "\n".join(entries)


FILES = {HERE / ".env.example": example, HERE / "docs" / "environment.md": markdown}

if __name__ == "__main__":
    for path, content in FILES.items():
        path.write_text(content())
