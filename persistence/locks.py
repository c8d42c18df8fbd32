"""Every advisory lock that this database knows: a number taken twice would make strangers wait for each other."""

from enum import IntEnum, unique


@unique
class AdvisoryLock(IntEnum):
    MIGRATION = 7_310_281
    PRESENCE = 7_310_282
    """Held as long as a process serves."""
    LOG_MONTHS = 7_310_283
    SUPERADMINS = 7_310_284
