"""What an update leaves out: neither a value nor null."""

from enum import Enum
from typing import Final, Literal, TypeAlias


class Unset(Enum):
    UNSET = "UNSET"


UNSET: Final = Unset.UNSET
UnsetType: TypeAlias = Literal[Unset.UNSET]
