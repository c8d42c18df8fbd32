"""One writing of a user's health data: everything it changes bears its number and is summed up at the end."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.clock import new_id
from domain.health.bmi import derived_changes, erased
from domain.health.metrics import definition_of
from domain.health.models import Given, Interpretation, Metric, Observation, Writer
from domain.health.ports import HealthStore
from domain.unset import UNSET

BMI_FOLLOWS = {Metric.BODY_WEIGHT, Metric.BODY_HEIGHT, Metric.BMI}


class Writing:
    def __init__(self, store: HealthStore, writer: Writer, now: datetime) -> None:
        self._store = store
        self._writer = writer
        self._now = now
        self._touched: set[tuple[Metric, datetime]] = set()

    @classmethod
    async def begin(cls, store: HealthStore, user_id: UUID, now: datetime) -> "Writing":
        return cls(store, await store.begin(user_id), now)

    def fresh(self, given: Given) -> Observation:
        """An observation of a checked measurement."""
        return Observation(
            id=new_id(),
            user_id=self._writer.user_id,
            metric=given.metric,
            reading=given.reading,
            interpretation=self._interpretation(given),
            effective_at=given.effective_at,
            source=given.source,
            source_key=given.source_key if isinstance(given.source_key, str) else None,
            note=given.note if isinstance(given.note, str) else None,
            derived_from=None,
            change=self._writer.change,
            created_at=self._now,
            deleted_at=None,
        )

    def corrected(self, observation: Observation, given: Given) -> Observation:
        """What `given` leaves unset stays."""
        return replace(
            observation,
            reading=given.reading,
            interpretation=self._interpretation(given),
            effective_at=given.effective_at,
            source=given.source,
            source_key=observation.source_key if given.source_key is UNSET else given.source_key,
            note=observation.note if given.note is UNSET else given.note,
            change=self._writer.change,
        )

    async def add(self, observations: Sequence[Observation]) -> None:
        self._touch(observations)
        await self._store.save(observations)

    async def correct(self, before: Observation, after: Observation) -> None:
        self._touch([before, after])
        await self._store.save([after])

    async def erase(self, observations: Sequence[Observation]) -> None:
        """With what was derived from them."""
        derived = await self._store.derived(self._writer.user_id, [each.id for each in observations])
        gone = {each.id: each for each in (*observations, *derived) if each.deleted_at is None}.values()
        self._touch(gone)
        await self._store.save([erased(each, self._writer.change, self._now) for each in gone])

    async def announce_again(self, traces: Sequence[Observation]) -> None:
        """Lets devices that were told of a deletion before they had the observation hear of it once more."""
        await self._store.save([replace(trace, change=self._writer.change) for trace in traces])

    async def finish(self) -> None:
        await self._derive()
        if self._touched:
            await self._store.sum_up(self._writer.user_id, list(self._touched))

    async def _derive(self) -> None:
        moments = [at for metric, at in self._touched if metric in BMI_FOLLOWS]
        if not moments:
            return
        user_id = self._writer.user_id
        heights = any(metric is Metric.BODY_HEIGHT for metric, _ in self._touched)
        weighings = await self._store.weighings(user_id, min(moments), max(moments), heights=heights)
        derived = await self._store.derived(user_id, [weighing.id for weighing in weighings])
        before = {each.derived_from: each for each in derived if each.derived_from is not None}
        changes = derived_changes(self._writer, self._now, weighings, before)
        self._touch([before[each.derived_from] for each in changes if each.derived_from in before])
        await self.add(changes)

    def _interpretation(self, given: Given) -> Interpretation | None:
        return definition_of(given.metric).interpret(given.reading, self._writer.age_at(given.effective_at))

    def _touch(self, observations: Iterable[Observation]) -> None:
        self._touched.update((each.metric, each.effective_at) for each in observations)
