"""What accounts leave behind is deleted: codes and refresh tokens that have expired, devices long signed out."""

from datetime import timedelta

from sqlalchemy import delete

from domain.accounts.identities import UNSEEN
from domain.clock import Clock
from persistence.engine import Database
from persistence.tables.accounts import devices, refresh_tokens, verification_codes

# A device says when somebody was last seen, for as long as that matters.
KEPT = UNSEEN + timedelta(days=20)


class AccountUpkeep:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def tidy_up(self) -> None:
        now = self._clock()
        gone = (
            verification_codes.c.expires_at < now,
            refresh_tokens.c.expires_at < now,
            (devices.c.revoked_at < now - KEPT) & (devices.c.last_used_at < now - KEPT),
            devices.c.expires_at < now - KEPT,
        )
        for condition, table in zip(gone, (verification_codes, refresh_tokens, devices, devices), strict=True):
            async with self._database.transaction() as connection:
                await connection.execute(delete(table).where(condition))
