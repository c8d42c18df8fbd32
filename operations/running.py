"""Running a command to its end."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

from wiring.refusals import REFUSALS, refusal_of


def until_done(main: Coroutine[Any, Any, None]) -> None:
    """Ends the process with what an operator can do about it where the command is refused."""
    try:
        asyncio.run(main)
    except KeyboardInterrupt:
        print("stopped")
    except REFUSALS as error:
        sys.exit(refusal_of(error))
