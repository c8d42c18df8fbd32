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
    return [
        f"Patients {', '.join(PATIENTS)} and doctors {', '.join(DOCTORS)} can sign in.",
        f"Everybody's password is {PASSWORD}. One care group, {len(TALK)} messages, {DAYS} days of blood pressure.",
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
            await built.services.health.add(patient, [_blood_pressure(first + timedelta(days=day), rng)])
            advance(1)


def _blood_pressure(at: datetime, rng: random.Random) -> Given:
    reading = Reading(systolic=Decimal(rng.randint(128, 150)), diastolic=Decimal(rng.randint(80, 96)))
    return Given(Metric.BLOOD_PRESSURE, reading, None, at, DataSource.DEVICE, f"demo-{at:%Y%m%d}")
