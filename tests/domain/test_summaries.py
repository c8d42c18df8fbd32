"""What the recorder is asked …"""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.summaries import CUT, MAX_MATERIAL, material
from domain.records.models import Record, RecordKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEWEST = datetime(2026, 2, 3, 16, 5, tzinfo=UTC)


def record(title: str, body: str | None = None, days_ago: int = 0, tags: tuple[str, ...] = ()) -> Record:
    at = NEWEST - timedelta(days=days_ago)
    return Record(UUID(int=days_ago), UUID(int=1), RecordKind.VISIT, title, body, at, tags, 1, at, at)


def test_tells_records_from_old_to_new_on_the_writers_clock() -> None:
    newest_first = [record("复诊", "血压 150/95", tags=("心内科", "高血压")), record("初诊", days_ago=7)]
    assert material(newest_first, SHANGHAI, all_of_them=True) == (
        "请整理我的健康记录（共 2 条）。\n\n"
        "【2026-01-28 00:05 就诊】初诊\n\n"
        "【2026-02-04 00:05 就诊】复诊\n血压 150/95\n标签：心内科、高血压"
    )


def test_says_when_there_are_older_ones() -> None:
    told = material([record("复诊")], SHANGHAI, all_of_them=False)
    assert told.startswith("请整理我的健康记录（最近的 1 条，更早的没有列出）。")


def test_says_when_one_is_cut() -> None:
    told = material([record("长", "长" * MAX_MATERIAL), record("旧", days_ago=1)], SHANGHAI, all_of_them=True)
    assert told.endswith(CUT)
    assert "最近的 1 条，更早的没有列出" in told


@given(st.lists(st.integers(0, MAX_MATERIAL), max_size=12))
def test_is_never_too_long_and_keeps_the_newest(lengths: list[int]) -> None:
    newest_first = [record(f"第{index}条", "字" * length, index) for index, length in enumerate(lengths)]
    told = material(newest_first, SHANGHAI, all_of_them=True)
    kept = [f"第{index}条" in told for index in range(len(lengths))]
    assert kept == sorted(kept, reverse=True)
    assert ("没有列出）。" in told) == (not all(kept))
    assert len(told) <= MAX_MATERIAL + 100
