"""Care groups over the API: …"""

import asyncio
import uuid
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import func, insert, update

from domain.viewer import CareRole
from persistence.tables.accounts import users
from persistence.tables.chat import messages
from tests.api.client import Json, People, Person, Refusal, new_key
from tests.api.roles import become
from tests.api.serving import Served
from tests.api.test_chat import HISTORY, SEND, say

CREATE = """mutation Create($members: [ID!], $mode: AiMode! = AUTO) {
  createGroup(name: "三病区", memberIds: $members, aiMode: $mode) {
    id kind title owner { id } members { user { id } careRole }
  }
}"""
ADD = "mutation($s: ID!, $u: [ID!]!) { addMembers(sessionId: $s, userIds: $u) { members { user { id } } } }"
REMOVE = "mutation($s: ID!, $u: ID!) { removeMember(sessionId: $s, userId: $u) { members { user { id } } } }"
LEAVE = "mutation($s: ID!) { leaveGroup(sessionId: $s) }"
MODE = "mutation($s: ID!, $m: AiMode) { updateSession(id: $s, aiMode: $m) { aiMode } }"

SOMEBODY = {"access_role": "USER", "care_role": "PATIENT", "locale": "zh-CN", "timezone": "Asia/Shanghai"} | {
    "font_scale": 1.0,
    "notify": True,
}


class Ward:
    """Two patients and a doctor in a group that the first patient owns."""

    def __init__(self, owner: Person, patient: Person, doctor: Person, session: str) -> None:
        self.owner, self.patient, self.doctor, self.session = owner, patient, doctor, session


@pytest_asyncio.fixture
async def ward(people: People, app: Served) -> Ward:
    owner, patient, doctor = [await people.patient() for _ in range(3)]
    await become(app, doctor, CareRole.DOCTOR)
    created = await owner.ask(CREATE, members=[patient.id, doctor.id])
    return Ward(owner, patient, doctor, created["createGroup"]["id"])


async def contents(person: Person, session: str) -> list[str]:
    found = await person.ask(HISTORY, id=session, last=100)
    return [node["content"] for node in found["session"]["messages"]["nodes"]]


async def test_members_come_with_their_role(ward: Ward) -> None:
    query = "query($s: ID!) { session(id: $s) { kind title members { user { id } careRole } } }"
    found = (await ward.patient.ask(query, s=ward.session))["session"]
    roles = {member["user"]["id"]: member["careRole"] for member in found["members"]}
    assert (found["kind"], found["title"]) == ("GROUP", "三病区")
    assert roles == {ward.owner.id: "PATIENT", ward.patient.id: "PATIENT", ward.doctor.id: "DOCTOR"}


async def test_a_patient_is_answered_and_a_doctor_is_not(ward: Ward) -> None:
    asked = await say(ward.patient, "今天可以吃鸡蛋吗", sessionId=ward.session, wait=True)
    told = await say(ward.doctor, "可以，煮熟即可", sessionId=ward.session)
    assert asked["reply"]["state"] == "COMPLETE"
    assert told["reply"] is None
    assert await contents(ward.owner, ward.session) == ["今天可以吃鸡蛋吗", asked["reply"]["content"], "可以，煮熟即可"]


async def test_mention_mode_answers_whoever_addresses_the_ai(ward: Ward) -> None:
    await ward.doctor.ask(MODE, s=ward.session, m="MENTION")
    assert (await say(ward.patient, "谢谢", sessionId=ward.session))["reply"] is None
    assert (await say(ward.doctor, "＠健康助手 总结一下", sessionId=ward.session))["reply"] is not None


async def test_off_mode_answers_nobody(ward: Ward) -> None:
    await ward.owner.ask(MODE, s=ward.session, m="OFF")
    assert (await say(ward.patient, "@健康助手 在吗", sessionId=ward.session))["reply"] is None


async def test_a_new_member_sees_nothing_from_before_joining(ward: Ward, people: People) -> None:
    await ward.owner.ask(MODE, s=ward.session, m="OFF")
    before = await say(ward.patient, "加入之前", sessionId=ward.session)
    newcomer = await people.patient()
    await ward.doctor.ask(ADD, s=ward.session, u=[newcomer.id])
    await say(ward.patient, "加入之后", sessionId=ward.session)
    assert await contents(newcomer, ward.session) == ["加入之后"]
    assert await contents(ward.owner, ward.session) == ["加入之前", "加入之后"]
    by_id = await newcomer.refused("query($id: ID!) { message(id: $id) { content } }", id=before["message"]["id"])
    search = 'query { searchMessages(text: "加入") { nodes { message { content } } } }'
    found = (await newcomer.ask(search))["searchMessages"]["nodes"]
    assert by_id.code == "NOT_FOUND"
    assert found == [{"message": {"content": "加入之后"}}]


async def test_a_removed_member_sees_nothing_more(ward: Ward) -> None:
    said = await say(ward.patient, "隐私", sessionId=ward.session)
    await ward.doctor.ask(REMOVE, s=ward.session, u=ward.patient.id)
    refusals = [
        await ward.patient.refused(HISTORY, id=ward.session),
        await ward.patient.refused("query($id: ID!) { message(id: $id) { id } }", id=said["message"]["id"]),
        await ward.patient.refused(SEND, input={"text": "?", "clientKey": new_key(), "sessionId": ward.session}),
    ]
    found = await ward.patient.ask(
        '{ searchMessages(text: "隐私") { nodes { snippet } } me { sessions { nodes { id } } } }'
    )
    assert [refusal.code for refusal in refusals] == ["NOT_FOUND"] * 3
    assert found == {"searchMessages": {"nodes": []}, "me": {"sessions": {"nodes": []}}}


async def test_only_the_owner_and_doctors_manage_members(ward: Ward, people: People) -> None:
    other = await people.patient()
    assert (await ward.patient.refused(ADD, s=ward.session, u=[other.id])).code == "FORBIDDEN"
    assert (await ward.patient.refused(REMOVE, s=ward.session, u=ward.doctor.id)).code == "FORBIDDEN"
    assert (await ward.doctor.refused(REMOVE, s=ward.session, u=ward.owner.id)).code == "FORBIDDEN"
    assert (await other.refused(ADD, s=ward.session, u=[other.id])).code == "NOT_FOUND"


@pytest.mark.parametrize("user", ["01a1f8b1-e13f-730c-b5a8-bdf6629d0330", "nobody"])
async def test_somebody_unknown_is_not_added_and_nobody_with_them(ward: Ward, people: People, user: str) -> None:
    other = await people.patient()
    refusal = await ward.owner.refused(ADD, s=ward.session, u=[other.id, user])
    assert (refusal.code, refusal.field) == ("NOT_FOUND", "userIds")
    assert (await other.refused(HISTORY, id=ward.session)).code == "NOT_FOUND"


async def test_an_owner_who_leaves_hands_over_to_a_doctor(ward: Ward) -> None:
    await ward.owner.ask(LEAVE, s=ward.session)
    found: Json = await ward.patient.ask("query($s: ID!) { session(id: $s) { owner { id } } }", s=ward.session)
    assert found["session"]["owner"]["id"] == ward.doctor.id
    assert (await ward.owner.refused(HISTORY, id=ward.session)).code == "NOT_FOUND"


async def test_whoever_leaves_at_the_same_moment_inherits_nothing(ward: Ward) -> None:
    await asyncio.gather(*(person.ask(LEAVE, s=ward.session) for person in (ward.owner, ward.doctor)))
    found: Json = await ward.patient.ask("query($s: ID!) { session(id: $s) { owner { id } } }", s=ward.session)
    assert found["session"]["owner"]["id"] == ward.patient.id


async def test_a_group_has_500_members_at_most_however_they_are_added(ward: Ward, app: Served) -> None:
    crowd = [uuid.uuid4() for _ in range(600)]
    async with app.house.database.transaction() as connection:
        await connection.execute(insert(users), [{"id": one, **SOMEBODY} for one in crowd])
    halves = [[str(one) for one in crowd[:300]], [str(one) for one in crowd[300:]]]
    answers = await asyncio.gather(*(ward.owner.send(ADD, s=ward.session, u=half) for half in halves))
    refused = [Refusal.of(answer) for answer in answers if "errors" in answer]
    query = "query($s: ID!) { session(id: $s) { members { user { id } } } }"
    members = (await ward.owner.ask(query, s=ward.session))["session"]["members"]
    assert [(refusal.code, refusal.field) for refusal in refused] == [("BAD_USER_INPUT", "userIds")]
    assert len(members) == 303


async def test_a_group_that_everybody_left_is_gone(ward: Ward) -> None:
    for person in (ward.owner, ward.patient, ward.doctor):
        await person.ask(LEAVE, s=ward.session)
    for person in (ward.owner, ward.patient, ward.doctor):
        assert (await person.refused(HISTORY, id=ward.session)).code == "NOT_FOUND"


async def test_a_recalled_message_is_gone_for_everybody(ward: Ward) -> None:
    said = await say(ward.doctor, "发错了", sessionId=ward.session)
    recall = "mutation($id: ID!) { recallMessage(id: $id) { state content } }"
    assert (await ward.patient.refused(recall, id=said["message"]["id"])).code == "NOT_FOUND"
    recalled = await ward.doctor.ask(recall, id=said["message"]["id"])
    assert recalled["recallMessage"] == {"state": "RECALLED", "content": ""}
    assert await contents(ward.patient, ward.session) == [""]
    found = await ward.patient.ask('{ searchMessages(text: "发错") { nodes { snippet } } }')
    assert found["searchMessages"]["nodes"] == []
    assert (await ward.doctor.refused(recall, id=said["message"]["id"])).code == "CONFLICT"


async def test_a_message_is_recalled_within_two_minutes_or_not_at_all(ward: Ward, app: Served) -> None:
    recall = "mutation($id: ID!) { recallMessage(id: $id) { state } }"
    old, new = [await say(ward.doctor, text, sessionId=ward.session) for text in ("旧", "新")]
    for said, seconds in ((old, 125), (new, 115)):
        async with app.house.database.transaction() as connection:
            aged = update(messages).where(
                messages.c.session_id == ward.session, messages.c.seq == said["message"]["seq"]
            )
            await connection.execute(aged.values(created_at=func.now() - timedelta(seconds=seconds)))
    refusal = await ward.doctor.refused(recall, id=old["message"]["id"])
    recalled = await ward.doctor.ask(recall, id=new["message"]["id"])
    assert (refusal.code, recalled["recallMessage"]["state"]) == ("CONFLICT", "RECALLED")
    assert await contents(ward.patient, ward.session) == ["旧", ""]


async def test_reading_is_counted_and_never_goes_back(ward: Ward) -> None:
    await ward.owner.ask(MODE, s=ward.session, m="OFF")
    for number in range(3):
        await say(ward.doctor, f"第{number}条", sessionId=ward.session)
    read = "mutation($s: ID!, $n: Int!) { markRead(sessionId: $s, seq: $n) { readSeq } }"
    unread = "query($s: ID!) { session(id: $s) { unreadCount } }"
    assert (await ward.patient.ask(unread, s=ward.session))["session"]["unreadCount"] == 3
    assert (await ward.doctor.ask(unread, s=ward.session))["session"]["unreadCount"] == 0
    steps = [(await ward.patient.ask(read, s=ward.session, n=n))["markRead"]["readSeq"] for n in (2, 1, 99)]
    assert steps == [2, 2, 3]
    assert (await ward.patient.ask(unread, s=ward.session))["session"]["unreadCount"] == 0
    who = "query($s: ID!) { session(id: $s) { members { user { id } readSeq } } }"
    members = (await ward.owner.ask(who, s=ward.session))["session"]["members"]
    read_up_to = {member["user"]["id"]: member["readSeq"] for member in members}
    assert read_up_to == {ward.owner.id: 0, ward.patient.id: 3, ward.doctor.id: 3}
