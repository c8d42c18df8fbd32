"""Health data: what was measured, and what it says."""

from datetime import datetime
from decimal import Decimal

import strawberry

from compiled.fields import computed
from domain.health.models import DataSource, Interpretation, Metric
from domain.health.stats import Bucket
from resolvers import health
from resolvers.permissions import SignedIn
from schema.enums import describe
from schema.paging import PageInfo

describe(
    Metric,
    "What can be measured, each with its own UCUM unit.",
    BLOOD_PRESSURE="Blood pressure, in mm[Hg].",
    HEART_RATE="Heart rate, in /min.",
    BLOOD_GLUCOSE="Blood glucose, in mmol/L.",
    BODY_WEIGHT="Body weight, in kg.",
    BODY_HEIGHT="Body height, in cm.",
    BMI="Body mass index, in kg/m2; calculated from each weight when a height is known.",
    BODY_TEMPERATURE="Body temperature, in Cel.",
    OXYGEN_SATURATION="Oxygen saturation, in %.",
    RESPIRATORY_RATE="Respiratory rate, in /min.",
    STEPS="Number of steps, in {steps}.",
    SLEEP_DURATION="Time slept, in h.",
    TOTAL_CHOLESTEROL="Total cholesterol, in mmol/L.",
    URIC_ACID="Uric acid in blood, in umol/L.",
    MOOD_SCORE="Mood from 1 (worst) to 10 (best), in {score}.",
)
describe(
    Interpretation,
    "Where a measurement lies with regard to the reference range of adults.",
    CRITICAL_LOW="Dangerously low.",
    LOW="Below the range.",
    NORMAL="Inside the range.",
    HIGH="Above the range.",
    CRITICAL_HIGH="Dangerously high.",
)
describe(
    DataSource,
    "Where a measurement comes from.",
    MANUAL="Typed in by a person.",
    DEVICE="Sent by a device.",
    IMPORT="Taken over from another system.",
)
describe(
    Bucket,
    "What a series counts by.",
    HOUR="By hour.",
    DAY="By day.",
    WEEK="By week, from Monday.",
    MONTH="By month.",
)


@strawberry.type(description="A measurement in the metric's own unit.")
class Observation:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    metric: Metric = strawberry.field(description="What was measured.")
    loinc = computed(health.loinc, graphql_type=str, description="LOINC code of the metric.")
    value = computed(
        health.number("value"), graphql_type=Decimal | None, description="The number; null for blood pressure."
    )
    systolic = computed(health.number("systolic"), graphql_type=Decimal | None, description="Of blood pressure.")
    diastolic = computed(health.number("diastolic"), graphql_type=Decimal | None, description="Of blood pressure.")
    unit = computed(health.unit, graphql_type=str, description="UCUM unit of the numbers.")
    interpretation: Interpretation | None = strawberry.field(
        description="Null where no reference range is known, or none for the age."
    )
    effective_at: datetime = strawberry.field(description="When it was measured.")
    source: DataSource = strawberry.field(description="Where it comes from.")
    source_key: str | None = strawberry.field(description="The device's own id of it.")
    note: str | None = strawberry.field(description="A remark.")
    is_derived: bool = strawberry.field(description="True: calculated from other measurements (a BMI).")
    created_at: datetime = strawberry.field(description="When it was stored.")
    deleted_at: datetime | None = strawberry.field(
        description="Not null only when something is sent again that was deleted since: it stays deleted."
    )


@strawberry.type(description="An observation in its page.")
class ObservationEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: Observation = strawberry.field(description="The observation.")


@strawberry.type(description="A page of observations, newest first.")
class ObservationConnection:
    edges: list[ObservationEdge] = strawberry.field(description="Observations with their cursors.")
    nodes: list[Observation] = strawberry.field(description="The observations alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="What became of an observation.")
class ObservationChange:
    cursor: str = strawberry.field(description="Continue after this.")
    observation: Observation | None = strawberry.field(description="As it is now: new, or changed.")
    deleted_id: strawberry.ID | None = strawberry.field(description="Id of one that was deleted.")


@strawberry.type(description="What happened to the caller's health data.")
class ObservationChanges:
    changes: list[ObservationChange] = strawberry.field(description="In the order in which they were stored.")
    cursor: str = strawberry.field(description="Keep it, and ask after it the next time.")
    has_more: bool = strawberry.field(description="Ask again at once.")


@strawberry.type(description="Figures of one number in one span of time.")
class Spread:
    min: Decimal = strawberry.field(description="The smallest.")
    max: Decimal = strawberry.field(description="The largest.")
    avg: Decimal = strawberry.field(description="The arithmetic mean, to 6 places.")
    sum: Decimal = strawberry.field(description="All together.")


@strawberry.type(description="Figures of one number over the whole time asked for.")
class Figures:
    min: Decimal = strawberry.field(description="The smallest.")
    max: Decimal = strawberry.field(description="The largest.")
    avg: Decimal = strawberry.field(description="The arithmetic mean, to 6 places.")
    sum: Decimal = strawberry.field(description="All together.")
    stddev: Decimal | None = strawberry.field(description="Standard deviation of the sample; needs two values.")
    trend_per_week: Decimal | None = strawberry.field(
        description="Slope of a straight line through the values, in units a week; needs two moments."
    )


@strawberry.type(description="One bucket of a series.")
class StatPoint:
    at: datetime = strawberry.field(description="Where the bucket begins, in the caller's time zone.")
    count: int = strawberry.field(description="Number of observations.")
    min = computed(health.figure("min"), graphql_type=Decimal | None, description="The smallest value.")
    max = computed(health.figure("max"), graphql_type=Decimal | None, description="The largest value.")
    avg = computed(health.figure("avg"), graphql_type=Decimal | None, description="The mean value.")
    sum = computed(health.figure("sum"), graphql_type=Decimal | None, description="All values together.")
    systolic: Spread | None = strawberry.field(description="Of blood pressure, which has no value of its own.")
    diastolic: Spread | None = strawberry.field(description="Of blood pressure.")


@strawberry.type(description="What the measurements of one metric say together.")
class HealthStats:
    metric: Metric = strawberry.field(description="Which metric.")
    unit: str = strawberry.field(description="UCUM unit of the figures.")
    count: int = strawberry.field(description="Number of observations.")
    latest: Observation | None = strawberry.field(description="The newest of them.")
    min = computed(health.figure("min"), graphql_type=Decimal | None, description="The smallest value.")
    max = computed(health.figure("max"), graphql_type=Decimal | None, description="The largest value.")
    avg = computed(health.figure("avg"), graphql_type=Decimal | None, description="The mean value, to 6 places.")
    sum = computed(health.figure("sum"), graphql_type=Decimal | None, description="All values together.")
    stddev = computed(
        health.figure("stddev"), graphql_type=Decimal | None, description="Standard deviation of the sample."
    )
    trend_per_week = computed(
        health.figure("trend_per_week"),
        graphql_type=Decimal | None,
        description="Slope of a straight line through the values, in units a week.",
    )
    systolic: Figures | None = strawberry.field(description="Of blood pressure, which has no value of its own.")
    diastolic: Figures | None = strawberry.field(description="Of blood pressure.")
    out_of_range: int = strawberry.field(description="Number of observations that are not NORMAL.")
    series: list[StatPoint] = strawberry.field(description="The buckets that have observations, oldest first.")


@strawberry.type
class HealthQuery:
    health_data = strawberry.field(
        resolver=health.health_data,
        graphql_type=ObservationConnection,
        description="The caller's observations, newest first.",
        permission_classes=[SignedIn],
    )
    health_stats = strawberry.field(
        resolver=health.health_stats,
        graphql_type=list[HealthStats],
        description="Figures and series of the caller's observations.",
        permission_classes=[SignedIn],
    )
    health_data_changes = strawberry.field(
        resolver=health.health_data_changes,
        graphql_type=ObservationChanges,
        description="What to do to a device's copy of the caller's observations, deletions included.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class HealthMutation:
    add_health_data = strawberry.mutation(
        resolver=health.add_health_data,
        graphql_type=list[Observation],
        description="Store measurements; the answer is in their order.",
        permission_classes=[SignedIn],
    )
    update_health_data = strawberry.mutation(
        resolver=health.update_health_data,
        graphql_type=Observation,
        description="Correct a measurement.",
        permission_classes=[SignedIn],
    )
    delete_health_data = strawberry.mutation(
        resolver=health.delete_health_data,
        graphql_type=list[strawberry.ID],
        description="Delete measurements; repeated, it gives the same answer.",
        permission_classes=[SignedIn],
    )
