"""Accounts over the API: who reads what of whom, roles, limits, and secrets that stay secret."""

import asyncio
import json
import logging
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from persistence.embedded import EmbeddedServer
from tests.api.client import LOGIN, Json, People, Person, http_client
from tests.api.serving import ADMIN_PASSWORD, Served, served, settings_for
from tests.api.test_sign_in import BIND_PHONE, BY_WECHAT, CHANGE, ME, REFRESH, SEND_CODE, openid
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


@asynccontextmanager
async def another_process(app: Served, **changes: object) -> AsyncIterator[People]:
    """A second application on the same database."""
    settings = app.application._settings.model_copy(update=changes)
    async with served(settings) as other, http_client(other.port) as http:
        yield People(other.port, http)


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


@pytest.mark.parametrize("how", ["logout", "everywhere", "disabled", "role", "password"])
async def test_revocation_reaches_another_process_and_its_sockets_within_a_second(
    app: Served, people: People, admin: Person, how: str
) -> None:
    person = await people.patient()
    async with another_process(app) as elsewhere:
        there = Person(elsewhere.port, elsewhere.stranger().http, person.token)
        async with there.socket() as socket:
            assert (await there.ask(ME))["me"]["id"] == person.id
            await revoke(how, person, admin)
            async with asyncio.timeout(1):
                await socket.wait_closed()
            assert socket.close_code == 4403
        assert (await there.refused(ME)).code == "UNAUTHENTICATED"


async def revoke(how: str, person: Person, admin: Person) -> None:
    if how == "logout":
        await person.ask("mutation { logout }")
    elif how == "everywhere":
        await person.ask("mutation { logout(allDevices: true) }")
    elif how == "disabled":
        await admin.ask(SET_ACTIVE, id=person.id, on=False)
    elif how == "role":
        await admin.ask(SET_CARE, id=person.id, role="DOCTOR")
    else:
        await person.ask(CHANGE, old="correct horse", new="a new password")


async def test_a_disabled_account_cannot_come_back_until_enabled(people: People, admin: Person) -> None:
    person = await people.patient()
    await admin.ask(SET_ACTIVE, id=person.id, on=False)
    refused = await people.stranger().refused(LOGIN, username=person.username, password="correct horse")
    assert (refused.code, refused.message) == ("FORBIDDEN", "账号已停用")
    assert (await people.stranger().refused(REFRESH, token=person.refresh_token)).code == "UNAUTHENTICATED"
    await admin.ask(SET_ACTIVE, id=person.id, on=True)
    await people.stranger().ask(LOGIN, username=person.username, password="correct horse")


async def test_the_end_of_a_token_ends_its_socket(app: Served, people: People) -> None:
    person = await people.patient()
    async with another_process(app, access_token_seconds=2) as elsewhere:
        payload = await elsewhere.stranger().ask(LOGIN, username=person.username, password="correct horse")
        brief = elsewhere.signed_in(payload["login"])
        async with brief.socket() as socket:
            async with asyncio.timeout(5):
                await socket.wait_closed()
            assert socket.close_code == 4403
        assert (await brief.refused(ME)).code == "UNAUTHENTICATED"
        again = await elsewhere.stranger().ask(REFRESH, token=brief.refresh_token)
        assert (await elsewhere.signed_in(again["refreshToken"]).ask(ME))["me"]["id"] == person.id


async def test_guessing_is_refused_with_the_time_to_wait(app: Served, people: People) -> None:
    person = await people.patient()
    async with another_process(app, shared_networks="", trusted_proxies="127.0.0.1") as elsewhere:
        http = elsewhere.stranger().http
        answers = [await guess(http, person.username, "198.51.100.7") for _ in range(12)]
        assert [code(answer) for answer in answers] == ["UNAUTHENTICATED"] * 10 + ["RATE_LIMITED"] * 2
        refused = answers[-1].json()["errors"][0]
        assert 590_000 < refused["extensions"]["retryAfterMs"] <= 600_000
        assert refused["message"] == "操作太频繁，请稍后再试"
        assert 590 < int(answers[-1].headers["retry-after"]) <= 600
        entered = await guess(http, person.username, "203.0.113.9", "correct horse")
        assert entered.json()["data"]["login"]["user"]["id"] == person.id


async def guess(http: httpx.AsyncClient, username: str, address: str, password: str = "wrong") -> httpx.Response:
    body = {"query": LOGIN, "variables": {"username": username, "password": password}}
    return await http.post("/graphql", json=body, headers={"x-forwarded-for": address})


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


async def test_an_address_has_a_budget_and_is_told_when_to_come_back(app: Served) -> None:
    query = {"query": "query Many($n: Int) { " + " ".join(f"a{n}: serverTime" for n in range(90)) + " }"}
    async with another_process(app, shared_networks="") as elsewhere:
        http = elsewhere.stranger().http
        answers = [await http.post("/graphql", json=query) for _ in range(230)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert 0 < len(refused) < 100
        assert code(refused[0]) == "RATE_LIMITED"
        assert 0 < int(refused[0].headers["retry-after"]) <= 60


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
