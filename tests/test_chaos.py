"""The storms of `make chaos`, small: …"""

from pathlib import Path

import pytest

from tests.chaos.reciter import Reciter
from tests.chaos.rolling import Deployment, rolling_over
from tests.chaos.storm import Storm, storm_over
from tests.chaos.town import town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


async def test_killed_processes_and_lost_pushes_change_no_text(tmp_path: Path, database_dsn: str) -> None:
    with Reciter(sentences=12, tokens_per_s=8) as vendor:
        async with town(tmp_path, database_dsn, vendor, lost=0.15) as built:
            verdict = await storm_over(
                built, vendor, Storm(replies=24, at_once=24, kills=2, kill_every_s=1.5, within_s=60)
            )
    assert verdict.wrong == []


async def test_a_rolling_restart_loses_and_doubles_nothing(tmp_path: Path, database_dsn: str) -> None:
    with Reciter(sentences=14, tokens_per_s=5) as vendor:
        async with town(tmp_path, database_dsn, vendor, drain_seconds="1") as built:
            verdict = await rolling_over(built, vendor, Deployment(streams=20, within_s=60))
    assert verdict.wrong == []
