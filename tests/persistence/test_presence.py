"""A process that serves a database …"""

import pytest

from persistence.presence import AlreadyServed, Presence


def presence(dsn: str, *, alone: bool) -> Presence:
    return Presence(dsn, alone=alone, patience_s=0.1)


@pytest.mark.parametrize(
    ("first_alone", "second_alone", "advice"),
    [
        (True, True, "give all of them the same WELLMATE_REDIS_URL"),
        (False, True, "give all of them the same WELLMATE_REDIS_URL"),
        (True, False, "without WELLMATE_REDIS_URL. Give it the one that this process has"),
    ],
)
async def test_lets_none_beside_it_when_one_of_them_is_without_redis(
    database_dsn: str, first_alone: bool, second_alone: bool, advice: str
) -> None:
    async with presence(database_dsn, alone=first_alone).kept():
        with pytest.raises(AlreadyServed, match=f"Another process serves this database already.*{advice}"):
            await presence(database_dsn, alone=second_alone).kept().__aenter__()
    async with Presence(database_dsn, alone=second_alone).kept():
        pass


async def test_lets_others_beside_it_that_share_redis(database_dsn: str) -> None:
    async with presence(database_dsn, alone=False).kept(), presence(database_dsn, alone=False).kept():
        pass
