"""The child process of `persistence.pictures`: a line of JSON in is a picture to clean, a line out is how it went.

It imports nothing of the house but the picture code, holds no secret and may not grow beyond MEMORY_BYTES.
"""

import dataclasses
import json
import sys
from pathlib import Path

from domain.errors import DomainError
from domain.files.images import clean
from domain.files.picture import ImageLimits

MEMORY_BYTES = 256 << 20

if sys.platform != "win32":
    import resource

    def confine() -> None:
        """Data memory bounded by the kernel (Linux), no core dumps: a patient's picture would be in them."""
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
else:

    def confine() -> None:
        """Windows knows no such limits; the limits on pixels hold there too."""


def answer(line: str) -> str:
    job = json.loads(line)
    try:
        picture = clean(Path(job["source"]), Path(job["target"]), Path(job["thumbnail"]), ImageLimits(**job["limits"]))
    except DomainError as error:
        return json.dumps({"refused": {"code": error.code.value, "zh": error.zh, "en": error.en, "field": error.field}})
    return json.dumps({"picture": dataclasses.asdict(picture)})


def main() -> None:
    confine()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(answer(line) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
