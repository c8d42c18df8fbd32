"""Every metric: its LOINC code, its own UCUM unit, the units it is accepted in, and what its numbers mean.

Units convert as UCUM 2.1 defines them (https://ucum.org/ucum), amounts of substance by molar masses from IUPAC's
abridged standard atomic weights of 2021. Codes are those of FHIR R4's vital signs where it has one. Interpretations
are stored with each observation: whoever changes a reference range says what becomes of those already stored.
"""

from decimal import Decimal as D

from domain.health.definitions import Definition, Part
from domain.health.models import Metric
from domain.health.ranges import Reference, over, plausible
from domain.health.units import OWN, Unit, exact, moles, times

GLUCOSE = "180.156"
"""C6H12O6 in g/mol: 6 × 12.011 + 12 × 1.008 + 6 × 15.999."""
CHOLESTEROL = "386.664"
"""C27H46O in g/mol: 27 × 12.011 + 46 × 1.008 + 15.999."""
URATE = "168.112"
"""C5H4N4O3 in g/mol: 5 × 12.011 + 4 × 1.008 + 4 × 14.007 + 3 × 15.999."""


def _one(loinc: str, low: str, high: str, reference: Reference | None = None) -> tuple[Part]:
    return (Part("value", loinc, plausible(low, high), reference),)


DEFINITIONS = (
    Definition(
        Metric.BLOOD_PRESSURE,
        *("血压", "blood pressure", "85354-9", "mm[Hg]"),
        {"mm[Hg]": OWN, "kPa": times("1/0.133322")},
        (
            Part("systolic", "8480-6", plausible("40", "350"), Reference(D(90), D(140), D(70), D(180))),
            Part("diastolic", "8462-4", plausible("20", "250"), Reference(D(60), D(90), None, D(110))),
        ),
        "中国高血压防治指南（2024年修订版）: hypertension from 140/90, grade 3 from 180/110; under 90/60 hypotension; "
        "systolic under 70 has the 3 points of MEWS (Subbe et al., QJM 2001;94:521)",
    ),
    Definition(
        Metric.HEART_RATE,
        *("心率", "heart rate", "8867-4", "/min"),
        {"/min": OWN, "{beats}/min": OWN, "Hz": times("60")},
        _one("8867-4", "20", "300", Reference(D(60), over("100"), over("40"), D(131))),
        "American Heart Association: 60 to 100 at rest; up to 40 and from 131 have the 3 points of NEWS2 "
        "(Royal College of Physicians, 2017)",
    ),
    Definition(
        Metric.BLOOD_GLUCOSE,
        *("血糖", "blood glucose", "15074-8", "mmol/L"),
        {"mmol/L": OWN, "mg/dL": moles(GLUCOSE, 1)},
        _one("15074-8", "0.5", "80", Reference(D("3.9"), D("7.8"), D("3.0"), over("13.9"))),
        "中国糖尿病防治指南（2024版）: under 7.8 two hours after a meal, since nobody says here when the meal was; "
        "3.9, 3.0 and 13.9: Battelino et al., Diabetes Care 2019;42:1593",
    ),
    Definition(
        Metric.BODY_WEIGHT,
        *("体重", "body weight", "29463-7", "kg"),
        {
            "kg": OWN,
            "g": times("0.001"),
            "[lb_av]": times("0.45359237"),
            "[oz_av]": times("0.45359237/16"),
            "[stone_av]": times("6.35029318"),
        },
        _one("29463-7", "0.2", "650"),
        "plausible up to the heaviest on record (635 kg); what is normal depends on the height: see BMI",
    ),
    Definition(
        Metric.BODY_HEIGHT,
        *("身高", "body height", "8302-2", "cm"),
        {"cm": OWN, "m": times("100"), "mm": times("0.1"), "[in_i]": times("2.54"), "[ft_i]": times("30.48")},
        _one("8302-2", "20", "280"),
        "plausible up to the tallest on record (272 cm)",
    ),
    Definition(
        Metric.BMI,
        *("体质指数", "body mass index", "39156-5", "kg/m2"),
        {"kg/m2": OWN},
        _one("39156-5", "5", "250", Reference(D("18.5"), D("24.0"))),
        "WS/T 428-2013 成人体重判定: normal from 18.5, overweight from 24.0",
    ),
    Definition(
        Metric.BODY_TEMPERATURE,
        *("体温", "body temperature", "8310-5", "Cel"),
        {"Cel": OWN, "[degF]": Unit(exact("5/9"), exact("-160/9")), "K": Unit(exact("1"), exact("-273.15"))},
        _one("8310-5", "25", "46", Reference(D("36.0"), D("37.3"), over("35.0"), over("39.0"))),
        "诊断学（第9版）: 36 to 37 under the arm, fever from 37.3, high fever over 39; "
        "up to 35.0 has the 3 points of NEWS2 (Royal College of Physicians, 2017)",
        reference_age=0,
    ),
    Definition(
        Metric.OXYGEN_SATURATION,
        *("血氧饱和度", "oxygen saturation", "2708-6", "%"),
        {"%": OWN},
        _one("2708-6", "40", "100", Reference(D(95), None, D(90), None)),
        "WHO, Pulse oximetry training manual (2011): normal from 95, an emergency under 90",
        reference_age=0,
    ),
    Definition(
        Metric.RESPIRATORY_RATE,
        *("呼吸频率", "respiratory rate", "9279-1", "/min"),
        {"/min": OWN, "{breaths}/min": OWN, "Hz": times("60")},
        _one("9279-1", "3", "100", Reference(D(12), over("20"), over("8"), D(25))),
        "NEWS2 (Royal College of Physicians, 2017): 12 to 20; up to 8 and from 25 have 3 points",
    ),
    Definition(
        Metric.STEPS,
        *("步数", "steps", "55423-8", "{steps}"),
        {"{steps}": OWN, "{#}": OWN, "1": OWN},
        _one("55423-8", "0", "300000"),
        "LOINC 55423-8 counts in unspecified time; plausible up to a 24-hour run",
        whole=True,
    ),
    Definition(
        Metric.SLEEP_DURATION,
        *("睡眠时长", "sleep duration", "93832-4", "h"),
        {"h": OWN, "min": times("1/60"), "s": times("1/3600")},
        _one("93832-4", "0", "24", Reference(D(7), over("9"))),
        "National Sleep Foundation: 7 to 9 hours for adults (Hirshkowitz et al., Sleep Health 2015;1:40)",
    ),
    Definition(
        Metric.TOTAL_CHOLESTEROL,
        *("总胆固醇", "total cholesterol", "14647-2", "mmol/L"),
        {"mmol/L": OWN, "mg/dL": moles(CHOLESTEROL, 1)},
        _one("14647-2", "0.5", "50", Reference(None, D("5.2"))),
        "中国血脂管理指南（2023年）: suitable under 5.2",
    ),
    Definition(
        Metric.URIC_ACID,
        *("尿酸", "uric acid", "14933-6", "umol/L"),
        {"umol/L": OWN, "mmol/L": times("1000"), "mg/dL": moles(URATE, 1000)},
        _one("14933-6", "5", "3000", Reference(None, over("420"))),
        "中国高尿酸血症与痛风诊疗指南（2019）: over 420 whatever the sex",
    ),
    Definition(
        Metric.MOOD_SCORE,
        *("情绪评分", "mood score", "101261-6", "{score}"),
        {"{score}": OWN, "1": OWN},
        _one("101261-6", "1", "10"),
        "1 is worst, 10 is best; LOINC has no term for one self-given number: this is its heading 'Mood'",
        whole=True,
    ),
)
BY_METRIC = {definition.metric: definition for definition in DEFINITIONS}


def definition_of(metric: Metric) -> Definition:
    return BY_METRIC[metric]
