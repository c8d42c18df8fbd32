"""Adding, correcting, deleting and reading health data. Only its owner does any of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.clock import Clock, parse_id
from domain.errors import BadUserInput, Conflict, NotFound
from domain.health.models import (
    MAX_BATCH,
    MAX_CHANGES,
    ChangeMark,
    Given,
    Metric,
    Observation,
    Period,
)
from domain.health.ports import HealthReads, HealthStore, HealthWork, OpensWork
from domain.health.rules import checked, checked_batch
from domain.health.stats import MAX_POINTS, Bucket, HealthStats
from domain.health.writing import Writing
from domain.paging import Page, bad_cursor, decode_cursor, encode_cursor, page_size
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ObservationChange:
    """Either an observation as it is now, or the id of one that is gone."""

    cursor: str
    observation: Observation | None
    deleted_id: UUID | None


@dataclass(frozen=True, slots=True)
class ObservationChanges:
    changes: list[ObservationChange]
    cursor: str
    has_more: bool


class HealthService:
    def __init__(self, work: OpensWork[HealthWork], reads: HealthReads, clock: Clock) -> None:
        self._work = work
        self._reads = reads
        self._clock = clock

    async def add(self, viewer: Viewer, items: Sequence[Given]) -> list[Observation]:
        """All or nothing, in the order given; what was sent before under its source key is not stored again."""
        now = self._clock()
        good = checked_batch(items, now)
        async with self._work() as work:
            writing = await Writing.begin(work.health, viewer.user_id, now)
            known = await _known(work.health, viewer.user_id, good)
            results, fresh = _matched(writing, good, known)
            await writing.add(fresh)
            await writing.announce_again([trace for trace in known.values() if trace.deleted_at is not None])
            await writing.finish()
        return results

    async def update(self, viewer: Viewer, observation_id: str, given: Given) -> Observation:
        """Corrects a measurement; it stays one of the same metric."""
        now = self._clock()
        good = checked(given, now)
        async with self._work() as work:
            writing = await Writing.begin(work.health, viewer.user_id, now)
            before = await _guarded(work.health, viewer, observation_id)
            await _check_correction(work.health, before, good)
            after = writing.corrected(before, good)
            await writing.correct(before, after)
            await writing.finish()
        return after

    async def delete(self, viewer: Viewer, ids: Sequence[str]) -> list[UUID]:
        """All or nothing; what was deleted before is deleted still."""
        if len(ids) > MAX_BATCH:
            raise BadUserInput(f"一次最多删除 {MAX_BATCH} 条", f"At most {MAX_BATCH} ids at a time.", field="ids")
        now = self._clock()
        async with self._work() as work:
            writing = await Writing.begin(work.health, viewer.user_id, now)
            doomed = await _doomed(work.health, viewer, ids)
            await writing.erase(doomed)
            await writing.finish()
        return [observation.id for observation in doomed]

    async def page(
        self, viewer: Viewer, metric: Metric | None, period: Period, *, first: int, after: str | None
    ) -> Page[Observation]:
        """Newest first."""
        _check_period(period)
        return await self._reads.page(viewer.user_id, metric, period, limit=page_size(first), after=after)

    async def changes(self, viewer: Viewer, *, after: str | None, first: int) -> ObservationChanges:
        """What happened after the cursor; all there is without one."""
        limit = page_size(first, most=MAX_CHANGES)
        mark = _mark(after) if after is not None else None
        found = await self._reads.changes(viewer.user_id, mark, limit + 1)
        changes = [_change(observation) for observation in found[:limit]]
        cursor = changes[-1].cursor if changes else after or BEGINNING
        return ObservationChanges(changes, cursor, len(found) > limit)

    async def stats(
        self, viewer: Viewer, metrics: Sequence[Metric] | None, period: Period, bucket: Bucket
    ) -> list[HealthStats]:
        """One for each metric asked (for every metric when none is named), in the time zone of the user."""
        _check_period(period)
        asked = list(dict.fromkeys(metrics if metrics is not None else Metric))
        found = await self._reads.stats(viewer.user_id, asked, period, bucket)
        if any(len(stats.series) > MAX_POINTS for stats in found):
            raise BadUserInput(
                f"每个指标最多 {MAX_POINTS} 个统计点，请缩短时间范围或使用更大的时间单位",
                f"More than {MAX_POINTS} points for a metric: ask for a shorter time or a larger bucket.",
                field="bucket",
            )
        return found


def _matched(
    writing: Writing, items: Sequence[Given], known: dict[tuple[Metric, str], Observation]
) -> tuple[list[Observation], list[Observation]]:
    """The result for each item, and those among them that are new."""
    results: list[Observation] = []
    fresh: dict[tuple[Metric, str] | int, Observation] = {}
    for index, item in enumerate(items):
        key = (item.metric, item.source_key) if isinstance(item.source_key, str) else index
        first = known.get(key) if isinstance(key, tuple) else None
        results.append(_as_it_was_sent(writing, item, first) if first else fresh.setdefault(key, writing.fresh(item)))
    return results, list(fresh.values())


def _as_it_was_sent(writing: Writing, item: Given, first: Observation) -> Observation:
    """The first result of a repeated sending. Of a deleted one only the trace is left: it shows what was sent."""
    if first.deleted_at is None:
        return first
    return replace(writing.fresh(item), id=first.id, created_at=first.created_at, deleted_at=first.deleted_at)


async def _known(store: HealthStore, user_id: UUID, items: Sequence[Given]) -> dict[tuple[Metric, str], Observation]:
    keys = [(item.metric, item.source_key) for item in items if isinstance(item.source_key, str)]
    found = await store.sent(user_id, keys) if keys else []
    return {(each.metric, each.source_key): each for each in found if each.source_key is not None}


async def _guarded(store: HealthStore, viewer: Viewer, observation_id: str) -> Observation:
    """The one way to an observation. Raises NotFound unless it is the viewer's and still there."""
    parsed = parse_id(observation_id)
    found = await store.owned(viewer.user_id, [parsed]) if parsed is not None else []
    if not found or found[0].deleted_at is not None:
        raise NotFound("没有找到这条数据", "No such observation.", field="id")
    return found[0]


async def _check_correction(store: HealthStore, before: Observation, given: Given) -> None:
    if before.is_derived:
        raise _derived("id")
    if given.metric is not before.metric:
        raise BadUserInput(
            "不能更改指标类型，请删除后重新添加",
            "The metric cannot change: delete the observation and add another.",
            field="input.metric",
        )
    key = given.source_key
    if isinstance(key, str) and key != before.source_key and await store.sent(before.user_id, [(given.metric, key)]):
        raise Conflict("sourceKey 已被使用", "Another observation has this sourceKey.", field="input.sourceKey")


async def _doomed(store: HealthStore, viewer: Viewer, ids: Sequence[str]) -> list[Observation]:
    """Those of the viewer's with these ids, each once. Raises NotFound when one is not, BadUserInput for a derived."""
    parsed = [parse_id(text) for text in ids]
    known = list(dict.fromkeys(each for each in parsed if each is not None))
    found: dict[UUID | None, Observation] = {each.id: each for each in await store.owned(viewer.user_id, known)}
    for index, each in enumerate(parsed):
        _check_deletable(found.get(each), found, field=f"ids[{index}]")
    return [found[each] for each in known]


def _check_deletable(observation: Observation | None, found: Mapping[UUID | None, Observation], *, field: str) -> None:
    if observation is None:
        raise NotFound("没有找到这条数据", "No such observation.", field=field)
    if observation.is_derived and observation.deleted_at is None and observation.derived_from not in found:
        raise _derived(field)


def _derived(field: str) -> BadUserInput:
    return BadUserInput(
        "这个 BMI 由体重和身高计算得出，请修改或删除对应的体重",
        "This BMI is calculated from weight and height: change or delete the weight.",
        field=field,
    )


def _check_period(period: Period) -> None:
    if period.start is not None and period.end is not None and period.end < period.start:
        raise BadUserInput("结束时间早于开始时间", "`to` is before `from`.", field="to")


def _change(observation: Observation) -> ObservationChange:
    cursor = encode_cursor(observation.change, str(observation.id))
    gone = observation.deleted_at is not None
    return ObservationChange(cursor, None if gone else observation, observation.id if gone else None)


def _mark(cursor: str) -> ChangeMark:
    change, text = decode_cursor(cursor, int, str)
    observation_id = parse_id(str(text))
    if not isinstance(change, int) or not 0 <= change < 2**63 or observation_id is None:
        raise bad_cursor()
    return ChangeMark(change, observation_id)


BEGINNING = encode_cursor(0, str(UUID(int=0)))
