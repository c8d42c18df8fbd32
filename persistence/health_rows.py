"""Rows of health data as the domain's words, and back."""

from collections.abc import Sequence
from typing import Any

from domain.health.models import DataSource, Interpretation, Metric, Observation, Reading
from persistence.tables.health import observations

OBSERVATION_COLUMNS = tuple(observations.c)


def observation_of(row: Sequence[Any]) -> Observation:
    id_, user_id, metric, value, systolic, diastolic, interpretation, effective_at, source, *rest = row
    return Observation(
        id_,
        user_id,
        Metric(metric),
        Reading(value, systolic, diastolic),
        Interpretation(interpretation) if interpretation is not None else None,
        effective_at,
        DataSource(source),
        *rest,
    )


def row_of(observation: Observation) -> dict[str, Any]:
    reading, interpretation = observation.reading, observation.interpretation
    return {
        "id": observation.id,
        "user_id": observation.user_id,
        "metric": observation.metric.value,
        "value": reading.value,
        "systolic": reading.systolic,
        "diastolic": reading.diastolic,
        "interpretation": interpretation.value if interpretation is not None else None,
        "effective_at": observation.effective_at,
        "source": observation.source.value,
        "source_key": observation.source_key,
        "note": observation.note,
        "derived_from": observation.derived_from,
        "change": observation.change,
        "created_at": observation.created_at,
        "deleted_at": observation.deleted_at,
    }
