"""Accounts over the API: who reads what of whom, roles, limits, and secrets that stay secret."""

import json
import logging
import re
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from persistence.embedded.server import EmbeddedServer
from tests.api.client import LOGIN, Json, People, Person, http_client
from tests.api.serving import ADMIN_PASSWORD, Served, served, settings_for
from tests.api.test_sign_in import BIND_PHONE, BY_WECHAT, CHANGE, REFRESH, SEND_CODE, openid
from tests.api.vendors import Vendors, vendors_running
from tests.postgres import fresh_database

SET_ACTIVE = "mutation($id: ID!, $on: Boolean!) { setUserActive(userId: $id, active: $on) { id isActive } }"
SET_CARE = "mutation($id: ID!, $role: CareRole!) { setCareRole(userId: $id, role: $role) { id careRole } }"
SET_ACCESS = "mutation($id: ID!, $role: AccessRole!) { setAccessRole(userId: $id, role: $role) { id accessRole } }"
PROFILE = """mutation Profile($input: ProfileInput!) {
  updateProfile(input: $input) { nickname fullName gender birthDate age updatedAt }
}"""
SETTINGS = """mutation Settings($input: UserSettingsInput!) {
  updateSettings(input: $input) { settings { locale timezone fontScale notify } }
}"""
PRIVATE = "username phone fullName gender birthDate age"
MEMBERS = f"query Members($id: ID!) {{ session(id: $id) {{ members {{ user {{ id nickname {PRIVATE} }} }} }} }}"
FIND = """query Find($text: String, $role: AccessRole) {
  users(text: $text, accessRole: $role) { nodes { id username phone devices { id } } pageInfo { hasNextPage } }
}"""


async def test_a_profile_changes_only_where_something_is_said(patient: Person) -> None:
    given = {"nickname": "小李", "fullName": "李薇", "gender": "FEMALE", "birthDate": "1990-05-17"}
    first = (await patient.ask(PROFILE, input=given))["updateProfile"]
    second = (await patient.ask(PROFILE, input={"fullName": None, "avatarFileId": None}))["updateProfile"]
    assert {name: second[name] for name in given} == given | {"fullName": None}
    assert second["updatedAt"] > first["updatedAt"]
    refusal = await patient.refused(PROFILE, input={"avatarFileId": str(uuid.uuid4())})
    assert (refusal.code, refusal.field) == ("NOT_FOUND", "avatarFileId")


async def test_settings_change_only_where_something_is_said(patient: Person) -> None:
    changed = await patient.ask(SETTINGS, input={"fontScale": 1.25, "locale": "en"})
    assert changed["updateSettings"]["settings"] == {
        "locale": "en",
        "timezone": "Asia/Shanghai",
        "fontScale": 1.25,
        "notify": True,
    }
    refusal = await patient.refused(SETTINGS, input={"timezone": "Mars"})
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "timezone")


async def test_other_patients_read_the_nickname_alone_and_doctors_the_person(people: People, admin: Person) -> None:
    patient, other, doctor = [await people.patient() for _ in range(3)]
    await patient.ask(PROFILE, input={"nickname": "小李", "fullName": "李薇", "birthDate": "1990-05-17"})
    await admin.ask(SET_CARE, id=doctor.id, role="DOCTOR")
    renewed = (await people.stranger().ask(REFRESH, token=doctor.refresh_token))["refreshToken"]
    create = 'mutation($ids: [ID!]) { createGroup(name: "病友", memberIds: $ids, aiMode: OFF) { id } }'
    group = (await patient.ask(create, ids=[other.id, doctor.id]))["createGroup"]["id"]
    hidden = dict.fromkeys(PRIVATE.split())
    assert await seen(other, group, patient.id) == {"id": patient.id, "nickname": "小李", **hidden}
    by_doctor = await seen(people.signed_in(renewed), group, patient.id)
    assert (by_doctor["fullName"], by_doctor["birthDate"], by_doctor["username"]) == ("李薇", "1990-05-17", None)
    assert (await seen(patient, group, patient.id))["username"] == patient.username


async def seen(viewer: Person, group: str, user_id: str) -> Json:
    members = (await viewer.ask(MEMBERS, id=group))["session"]["members"]
    found: Json = next(member["user"] for member in members if member["user"]["id"] == user_id)
    return found


@pytest.mark.parametrize("field", ["devices { id }", "settings { locale }", "sessions { nodes { id } }"])
async def test_what_is_ones_own_is_forbidden_to_others(people: People, patient: Person, field: str) -> None:
    other = await people.patient()
    create = 'mutation($ids: [ID!]) { createGroup(name: "病友", memberIds: $ids, aiMode: OFF) { id } }'
    group = (await patient.ask(create, ids=[other.id]))["createGroup"]["id"]
    query = f"query($id: ID!) {{ session(id: $id) {{ owner {{ {field} }} }} }}"
    assert (await other.refused(query, id=group)).code == "FORBIDDEN"
    await patient.ask(query, id=group)


async def test_a_user_is_found_by_themselves_and_admins_alone(people: People, patient: Person, admin: Person) -> None:
    other, query = await people.patient(), "query($id: ID!) { user(id: $id) { id username } }"
    for viewer in (patient, admin):
        assert (await viewer.ask(query, id=patient.id))["user"] == {"id": patient.id, "username": patient.username}
    refusals = [await other.refused(query, id=user_id) for user_id in (patient.id, str(uuid.uuid4()), "nonsense")]
    assert {(refusal.code, refusal.message) for refusal in refusals} == {("NOT_FOUND", "没有找到")}
    assert (await admin.refused(query, id=str(uuid.uuid4()))).code == "NOT_FOUND"


async def test_admins_search_users(people: People, patient: Person, admin: Person, vendors: Vendors) -> None:
    phone = vendors.new_phone()
    await patient.ask(BIND_PHONE, wechat=vendors.wechat.phone_code(phone))
    for words in (patient.username[2:], phone, f"+86{phone}"):
        found = (await admin.ask(FIND, text=words))["users"]["nodes"]
        assert [(user["id"], len(user["devices"])) for user in found] == [(patient.id, 1)]
    assert (await admin.ask(FIND, text="nobody%_"))["users"]["nodes"] == []
    admins = (await admin.ask(FIND, role="SUPERADMIN"))["users"]["nodes"]
    assert [user["username"] for user in admins] == ["admin"]
    assert (await patient.refused(FIND)).code == "FORBIDDEN"


async def test_roles_are_given_by_admins_and_the_last_superadmin_stays(
    people: People, patient: Person, admin: Person
) -> None:
    assert (await patient.refused(SET_CARE, id=patient.id, role="DOCTOR")).code == "FORBIDDEN"
    assert (await patient.refused(SET_ACCESS, id=patient.id, role="ADMIN")).code == "FORBIDDEN"
    assert (await admin.refused(SET_ACCESS, id=admin.id, role="USER")).code == "CONFLICT"
    assert (await admin.refused(SET_ACTIVE, id=admin.id, on=False)).code == "CONFLICT"
    await admin.ask(SET_ACCESS, id=patient.id, role="ADMIN")
    renewed = (await people.stranger().ask(REFRESH, token=patient.refresh_token))["refreshToken"]
    plain_admin = people.signed_in(renewed)
    assert (await plain_admin.refused(SET_ACCESS, id=patient.id, role="SUPERADMIN")).code == "FORBIDDEN"
    assert (await plain_admin.refused(SET_ACTIVE, id=admin.id, on=False)).code == "FORBIDDEN"
    assert (await plain_admin.refused(SET_CARE, id="nonsense", role="DOCTOR")).code == "NOT_FOUND"


async def test_a_disabled_account_cannot_come_back_until_enabled(people: People, admin: Person) -> None:
    person = await people.patient()
    await admin.ask(SET_ACTIVE, id=person.id, on=False)
    refused = await people.stranger().refused(LOGIN, username=person.username, password="correct horse")
    assert (refused.code, refused.message) == ("FORBIDDEN", "账号已停用")
    assert (await people.stranger().refused(REFRESH, token=person.refresh_token)).code == "UNAUTHENTICATED"
    await admin.ask(SET_ACTIVE, id=person.id, on=True)
    await people.stranger().ask(LOGIN, username=person.username, password="correct horse")


async def test_what_a_user_does_often_is_refused(patient: Person) -> None:
    query = "mutation($code: String!) { bindWechat(code: $code) { id } }"
    refusals = [(await patient.refused(query, code="nonsense")).code for _ in range(21)]
    assert refusals == ["BAD_USER_INPUT"] * 20 + ["RATE_LIMITED"]


SECRET_PASSWORD = "a planted password 7f3a"


async def test_neither_database_nor_logs_hold_a_secret_in_the_clear(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with vendors_running() as vendors, fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, tmp_path, **vendors.settings())) as app, http_client(app.port) as http:
            secrets = await lived(People(app.port, http), vendors)
            stored = await dumped(app)
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert "****" in stored
    assert logged
    assert [secret for secret in secrets if found(secret, stored) or found(secret, logged)] == []


def found(secret: str, text: str) -> bool:
    """As a word of its own: six digits are part of many a moment and number."""
    return re.search(rf"(?<![\w.]){re.escape(secret)}(?!\w)", text) is not None


async def lived(people: People, vendors: Vendors) -> list[str]:
    """Everything that accounts do, once. Returns what must be found nowhere."""
    stranger, phone, user = people.stranger(), vendors.new_phone(), openid()
    codes = [vendors.wechat.code(user), vendors.wechat.phone_code(phone)]
    entered = (await stranger.ask(BY_WECHAT, code=codes[0], phone=codes[1]))["loginWithWechat"]
    person = people.signed_in(entered)
    changed = (await person.ask(CHANGE, new=SECRET_PASSWORD))["changePassword"]
    await stranger.refused(LOGIN, username=phone, password=SECRET_PASSWORD + " wrong")
    login = (await stranger.ask(LOGIN, username=phone, password=SECRET_PASSWORD))["login"]
    renewed = (await stranger.ask(REFRESH, token=login["refreshToken"]))["refreshToken"]
    await stranger.ask(SEND_CODE, phone=phone, purpose="RESET_PASSWORD")
    tokens = [
        token for pair in (entered, changed, login, renewed) for token in (pair["accessToken"], pair["refreshToken"])
    ]
    codes.append(vendors.code_sent_to(phone))
    vendor_secrets = [
        vendors.wechat.secret,
        vendors.sms.secret_key,
        *vendors.wechat.session_keys,
        *vendors.wechat.tokens,
    ]
    return [phone, f"+86{phone}", user, SECRET_PASSWORD, ADMIN_PASSWORD, *tokens, *codes, *vendor_secrets]


async def dumped(app: Served) -> str:
    """Every row of every table as text."""
    lines: list[str] = []
    async with app.house.database.reading() as connection:
        names = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for name in names.all():
            rows = await connection.scalars(text(f'SELECT to_jsonb(t)::text FROM "{name}" t'))
            lines += rows.all()
    return "\n".join(json.loads(json.dumps(line, ensure_ascii=False)) for line in lines)
