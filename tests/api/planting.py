"""Secrets and words planted in many operations, those that fail included; and everything that was answered to them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import websockets
from sqlalchemy import text

from tests.api.client import Json, Person, new_key
from tests.api.keeping import parts_of, send_form
from tests.api.serving import Served
from tests.api.vendors import Vendors

PHONE = "13912345678"
PLANTED = {
    "password": "pass-Zx9-hunter2",
    "wrong password": "wrong-Qw7-hunter3",
    "new password": "newer-Er5-hunter4",
    "phone": PHONE,
    "name": "欧阳若水之谜",
    "said": "胸口闷得像压了石头",
    "title": "体检单上的秘密",
    "body": "医生说不要告诉家里人",
    "note": "饭后偷偷吃了两块糖",
    "sought": "半夜惊醒好几次",
    "comment": "这句回答让我想哭",
    "tag": "难言之隐",
    "group": "互助小组甲乙丙",
    "file": "我的病历照片.jpg",
    "forged": "eyJhbGciOiJIUzI1NiJ9.forged.token",
    "api key": "sk-planted-0123456789abcdef",
    "cursor": "Y3Vyc29yLXdvcmRz",
    "code": "000111",
}
"""No two begin alike: a part of one is found too."""
LAST = "PlantedAll"
"""Named last: what is noted of it is noted after all the rest."""
MISSING = ("observations", "audit_entries")
CLOSED = ("chat_sessions", "messages", "records", "users")


@dataclass
class Dump:
    """`errors`: what clients read of operations that failed; `secrets`: what came up on the way."""

    errors: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=lambda: dict(PLANTED))
    codes: set[str] = field(default_factory=set)

    def note(self, answer: Json) -> Json:
        for error in answer.get("errors", ()):
            self.errors.append(json.dumps(error, ensure_ascii=False))
            self.codes.add(error["extensions"]["code"])
        return answer

    def found_in(self, haystack: str) -> list[str]:
        """Which secrets stand in it, as they are or written in other ways."""
        return [name for name, secret in self.secrets.items() if any(form in haystack for form in forms(secret))]


def forms(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        quote(secret),
        repr(secret)[1:-1],
        secret.encode("unicode_escape").decode(),
    }


OPERATIONS: dict[str, str] = {
    "me": "{ me { id fullName phone } }",
    "create": """mutation New($t: String) { createSession(title: $t) { id } }""",
    "send": "mutation Send($i: SendTextInput!) { sendText(input: $i) { session { id } reply { id } } }",
    "search": "query Find($t: String!, $a: String) { searchMessages(text: $t, after: $a) { nodes { snippet } } }",
    "record": "mutation Write($i: RecordInput!) { createRecord(input: $i) { id } }",
    "sum": "mutation Sum($k: String!) { summariseRecords(clientKey: $k) { reply { id } } }",
    "health": "mutation Add($i: [ObservationInput!]!) { addHealthData(input: $i) { id } }",
    "rate": "mutation Rate($m: ID!, $c: String) { rateReply(messageId: $m, rating: LIKE, comment: $c) { id } }",
    "group": "mutation Group($n: String!) { createGroup(name: $n, aiMode: OFF) { id } }",
    "profile": "mutation Me($i: ProfileInput!) { updateProfile(input: $i) { id } }",
    "code": "mutation Code($p: String!) { sendVerificationCode(phone: $p, purpose: LOGIN) }",
    "phone": "mutation Phone($p: String!, $c: String!) { loginWithPhone(phone: $p, smsCode: $c) { accessToken } }",
    "wechat": "mutation Wechat($c: String!) { loginWithWechat(code: $c) { accessToken } }",
    "refresh": "mutation Refresh($t: String!) { refreshToken(refreshToken: $t) { accessToken refreshToken } }",
    "password": "mutation Change($o: String, $n: String!) { changePassword(old: $o, new: $n) { refreshToken } }",
    "register": "mutation Register($i: RegisterInput!) { register(input: $i) { accessToken refreshToken } }",
    "login": "mutation Login($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }",
    "provider": "mutation Provider($i: ApiConfigInput!) { createApiConfig(input: $i) { id } }",
    "change": "mutation Change($id: ID!, $i: ApiConfigInput!) { updateApiConfig(id: $id, input: $i) { id } }",
    "try": "mutation Try($id: ID!, $t: String) { testApiConfig(id: $id, text: $t) { ok } }",
}


async def plant(app: Served, patient: Person, admin: Person, vendors: Vendors) -> Dump:
    """As it should be, then while the database fails."""
    dump = Dump()
    await sign_in(dump, patient, vendors)
    await talk(dump, patient)
    await administer(dump, admin)
    await misspeak(dump, patient)
    await by_socket(dump, patient)
    async with broken(app):
        await talk(dump, patient)
        await administer(dump, admin)
        await send(dump, patient, "code", p=PHONE)
        await send(dump, patient, "profile", i={"fullName": PLANTED["name"]})
    await patient.ask(f"query {LAST} {{ __typename }}")
    return dump


async def send(dump: Dump, person: Person, name: str, **variables: object) -> Json:
    return dump.note(await person.send(OPERATIONS[name], **variables))


async def sign_in(dump: Dump, patient: Person, vendors: Vendors) -> None:
    given = {"username": f"u{new_key()[:12]}", "password": PLANTED["password"], "fullName": PLANTED["name"]}
    made = await send(dump, patient, "register", i=given)
    dump.secrets |= {f"made {name}": made["data"]["register"][name] for name in ("accessToken", "refreshToken")}
    await send(dump, patient, "register", i=given)
    await send(dump, patient, "register", i=given | {"smsCode": PLANTED["code"], "phone": PHONE, "username": "u1"})
    patient.token, patient.refresh_token = dump.secrets["made accessToken"], dump.secrets["made refreshToken"]
    for password in ("password", "wrong password"):
        await send(dump, patient, "login", u=given["username"], p=PLANTED[password])
    await send(dump, patient, "login", u=PLANTED["name"], p=[PLANTED["password"]])
    await send(dump, patient, "login", u={PLANTED["phone"]: 1}, p=PLANTED["password"])
    await send(dump, patient, "code", p=PHONE)
    code = dump.secrets["sent code"] = vendors.code_sent_to(PHONE)
    await send(dump, patient, "phone", p=PHONE, c=PLANTED["code"])
    await send(dump, patient, "phone", p=PHONE, c=code)
    await send(dump, patient, "wechat", c=PLANTED["forged"])
    await send(dump, patient, "refresh", t=PLANTED["forged"])
    await send(dump, patient, "password", o=PLANTED["wrong password"], n=PLANTED["new password"])
    await send(dump, patient, "profile", i={"fullName": PLANTED["name"] * 40})
    await send(dump, patient, "profile", i={"avatarFileId": PLANTED["forged"], "nickname": PLANTED["name"]})


async def talk(dump: Dump, patient: Person) -> None:
    await send(dump, patient, "create", t=PLANTED["title"])
    sent = await send(
        dump, patient, "send", i={"text": PLANTED["said"], "clientKey": new_key(), "wait": True, "assistant": "general"}
    )
    reply = ((sent.get("data") or {}).get("sendText") or {}).get("reply") or {"id": PLANTED["forged"]}
    await send(dump, patient, "rate", m=reply["id"], c=PLANTED["comment"])
    await send(dump, patient, "send", i={"text": PLANTED["said"] * 9_000, "clientKey": PLANTED["note"]})
    await send(dump, patient, "search", t=PLANTED["sought"], a=PLANTED["cursor"])
    record = {"kind": "NOTE", "title": PLANTED["title"], "body": PLANTED["body"], "tags": [PLANTED["tag"]]}
    await send(dump, patient, "record", i=record)
    await send(dump, patient, "record", i=record | {"title": PLANTED["title"] * 200})
    await send(dump, patient, "sum", k=new_key())
    pulse = {"metric": "HEART_RATE", "value": "70", "effectiveAt": "2026-02-03T09:30:00+08:00", "note": PLANTED["note"]}
    await send(dump, patient, "health", i=[pulse])
    await send(dump, patient, "health", i=[pulse | {"value": "7000", "sourceKey": PLANTED["cursor"]}])
    await send(dump, patient, "health", i=[pulse | {"metric": PLANTED["note"], "value": PLANTED["note"]}])
    await send(dump, patient, "group", n=PLANTED["group"])
    await send(dump, patient, "group", n=PLANTED["group"] * 100)


async def administer(dump: Dump, admin: Person) -> None:
    given = {"name": f"n{new_key()}", "type": "FASTGPT", "baseUrl": "http://127.0.0.1:9", "enabled": False}
    made = await send(dump, admin, "provider", i=given | {"apiKey": PLANTED["api key"]})
    await send(dump, admin, "provider", i=given | {"apiKey": PLANTED["api key"]})
    await send(dump, admin, "provider", i=given | {"apiKey": PLANTED["api key"] + "\n", "baseUrl": PLANTED["said"]})
    known = ((made.get("data") or {}).get("createApiConfig") or {}).get("id", PLANTED["forged"])
    await send(dump, admin, "change", id=known, i={"apiKey": PLANTED["api key"], "timeoutMs": PLANTED["api key"]})
    await send(dump, admin, "try", id=known, t=PLANTED["said"])


async def misspeak(dump: Dump, patient: Person) -> None:
    """Requests that are no operation, or not one of ours."""
    said = PLANTED["said"]
    for document in (
        f'{{ me "{said}" }}',
        f'{{ session(id: "{said}") {{ nothing }} }}',
        f'mutation {{ sendText(input: {{ text: "{said}", wait: "{said}" }}) {{ duplicate }} }}',
        f'mutation {{ login(username: "{said}", password: {{ a: "{PLANTED["password"]}" }}) {{ accessToken }} }}',
        f'query {{ records(text: """{PLANTED["body"]}""" """{said}""") {{ nodes {{ id }} }} }}',
    ):
        dump.note(await patient.send(document))
    await send(dump, patient, "send", i={"text": said, "wait": PLANTED["body"]})
    await send(dump, patient, "send", i=said)
    raw = json.dumps({"query": "{ me { id } }", "variables": {"said": said}}, ensure_ascii=False)[:-1]
    headers = patient.headers | {"content-type": "application/json"}
    dump.note((await patient.http.post("/graphql", content=raw.encode(), headers=headers)).json())
    dump.note((await patient.http.get("/graphql", params={"query": "{ me {", "variables": said})).json())
    forged = {"authorization": f"Bearer {PLANTED['forged']}"}
    dump.note((await patient.http.post("/graphql", json={"query": "{ me { id } }"}, headers=forged)).json())
    dump.note((await patient.http.get(f"/{PLANTED['title']}?token={PLANTED['forged']}")).json())
    dump.note((await send_form(patient, parts_of(said.encode(), name=PLANTED["file"]))).json())


async def by_socket(dump: Dump, patient: Person) -> None:
    async with patient.socket() as socket:
        variables = {"i": {"text": PLANTED["said"]}}
        payload = {"query": OPERATIONS["send"], "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        dump.note({"errors": json.loads(await socket.recv())["payload"]})
        await socket.send(f"{PLANTED['said']}")
        await socket.wait_closed()
        dump.errors.append(socket.close_reason or "")
    await refused_socket(dump, patient)


async def refused_socket(dump: Dump, patient: Person) -> None:
    url = f"ws://127.0.0.1:{patient.port}/graphql?token={PLANTED['forged']}"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"token": PLANTED["forged"]}}))
        await socket.wait_closed()
        dump.errors.append(socket.close_reason or "")


@asynccontextmanager
async def broken(app: Served) -> AsyncIterator[None]:
    """Tables are missing, or take no row: errors that nobody foresaw, with the rows in PostgreSQL's own words."""
    breaking = [f"ALTER TABLE {table} RENAME TO lost_{table}" for table in MISSING]
    breaking += [f"ALTER TABLE {table} ADD CONSTRAINT never CHECK (false) NOT VALID" for table in CLOSED]
    mending = [f"ALTER TABLE lost_{table} RENAME TO {table}" for table in MISSING]
    mending += [f"ALTER TABLE {table} DROP CONSTRAINT never" for table in CLOSED]
    await run(app, breaking)
    yield
    await run(app, mending)


async def run(app: Served, statements: list[str]) -> None:
    async with app.house.database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))
