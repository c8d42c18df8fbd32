"""A believable small clinic to try things out with: people, a care group, conversations, measurements."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from domain.accounts.models import Visitor
from domain.accounts.people import Person
from domain.accounts.sign_in import Registration
from domain.chat.models import AiMode, Outgoing
from domain.clock import new_id, utc_now
from domain.errors import Conflict
from domain.health.models import DataSource, Given, Metric, Reading
from domain.records.models import RecordKind, Written
from domain.viewer import CareRole, Viewer
from operations.progress import bar
from persistence.work import work_on
from wiring.house import House

PASSWORD = "wellmate-demo"  # noqa: S105 printed on purpose: the clinic is not real
PATIENTS = {"zhangwei": "张伟", "lina": "李娜", "wangfang": "王芳", "liuyang": "刘洋"}
DOCTORS = {"drchen": "陈医生", "drzhao": "赵医生"}
TALK = [
    ("zhangwei", "陈医生您好，我这周早上血压有点高，145/92 左右。"),
    ("drchen", "收到。吃药时间固定吗？这几天睡得怎么样？"),
    ("zhangwei", "药是早上七点吃，最近睡得晚。"),
    ("drchen", "先把睡眠调回来，早晚各测一次，记在健康数据里，三天后我们再看。"),
    ("lina", "我也想问一下，测血压前可以喝咖啡吗？"),
    ("drzhao", "测量前半小时最好不要喝咖啡、不要抽烟，静坐五分钟再测。"),
]
DIARY = [
    (RecordKind.SYMPTOM, "晨起头晕", "起床后头晕约十分钟，坐下休息后缓解。", 6),
    (RecordKind.MEDICATION, "苯磺酸氨氯地平", "每天早上七点一片，5 毫克。", 5),
    (RecordKind.VISIT, "心内科复诊", "陈医生：继续服药，早晚各测一次血压，两周后复诊。", 2),
]
BOOKS = [
    ("高血压患者的日常", "怎样测血压、怎样吃、怎样动，什么时候该就医。", "血压"),
    ("少盐一周食谱", "每天不超过五克盐的七天三餐。", "饮食"),
    ("睡得好一点", "睡前一小时该做和不该做的事。", "睡眠"),
]
SHELF = "https://www.nhc.gov.cn/"
DAYS = 30
HERE = Visitor("127.0.0.1", "make demo")


async def fill(built: House) -> list[str]:
    """Adds the clinic and says how to get in. Run again, it changes nothing and says so."""
    try:
        people = {name: await _person(built, name, shown) for name, shown in (PATIENTS | DOCTORS).items()}
    except Conflict:
        return ["The demonstration clinic is there already."]
    await _group(built, people)
    await _measurements(built, people["zhangwei"])
    await _diary(built, people["zhangwei"])
    await _books(built)
    return [
        f"Patients {', '.join(PATIENTS)} and doctors {', '.join(DOCTORS)} can sign in.",
        f"Everybody's password is {PASSWORD}. One care group with {len(TALK)} messages, {len(BOOKS)} treasure books,",
        f"and of zhangwei {DAYS} days of blood pressure, pulse and weight, and {len(DIARY)} records.",
    ]


async def _person(built: House, username: str, shown: str) -> Viewer:
    accounts = built.services.accounts
    new = Registration(username, PASSWORD, person=Person(nickname=shown))
    signed_in = await accounts.sign_in.register(new, HERE)
    if username in DOCTORS:
        async with work_on(built.database)() as work:
            await work.accounts.change(signed_in.user.id, {"care_role": CareRole.DOCTOR})
        signed_in = await accounts.sign_in.login(username, PASSWORD, HERE)
    return accounts.authenticator.viewer(signed_in.access_token)


async def _group(built: House, people: dict[str, Viewer]) -> None:
    members = [str(person.user_id) for person in people.values()]
    owner = people["drchen"]
    group = await built.services.groups.create(owner, "高血压随访群", "示例数据", members, AiMode.MENTION, "general")
    for name, text in TALK:
        await built.services.chat.send_text(people[name], Outgoing(str(group.id), "general", text, str(new_id())))


async def _measurements(built: House, patient: Viewer) -> None:
    rng = random.Random(1)  # noqa: S311 no secret: the same clinic every time
    first = utc_now() - timedelta(days=DAYS)
    with bar("measurements", DAYS) as advance:
        for day in range(DAYS):
            await built.services.health.add(patient, _morning(first + timedelta(days=day), rng))
            advance(1)


def _morning(at: datetime, rng: random.Random) -> list[Given]:
    pressure = Reading(systolic=Decimal(rng.randint(128, 150)), diastolic=Decimal(rng.randint(80, 96)))
    pulse, weight = Reading(Decimal(rng.randint(64, 84))), Reading(Decimal(rng.randint(741, 756)) / 10)
    readings = {Metric.BLOOD_PRESSURE: pressure, Metric.HEART_RATE: pulse, Metric.BODY_WEIGHT: weight}
    return [
        Given(metric, reading, None, at, DataSource.DEVICE, f"demo-{metric.value}-{at:%Y%m%d}")
        for metric, reading in readings.items()
    ]


async def _diary(built: House, patient: Viewer) -> None:
    for kind, title, body, days in DIARY:
        when = utc_now() - timedelta(days=days)
        await built.services.records.create(patient, Written(kind, title, body, when), str(new_id()))


async def _books(built: House) -> None:
    """On nobody's behalf: the audit trail is of admins."""
    async with work_on(built.database)() as work:
        for position, (title, summary, category) in enumerate(BOOKS):
            values = {"title": title, "summary": summary, "category": category, "link": SHELF, "file_id": None}
            await work.books.add({"id": new_id(), **values, "position": position, "published": True})
