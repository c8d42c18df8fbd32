"""Reading where the newest writes may be missing for a moment."""

from typing import Protocol
from uuid import UUID


class Freshness(Protocol):
    """Who may read from a replica, which lags behind: not those who know better."""

    async def may_lag(self, user_id: UUID | None) -> bool:
        """None: somebody who has not signed in."""

    async def will_write(self, user_id: UUID) -> None:
        """From now on, for some seconds, every process gives the user what is newest."""

    def told(self, user_id: UUID) -> None:
        """The same from here, and from the other processes soon: the user was told what is newest."""
