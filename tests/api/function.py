"""What `docs/function.md` says, and the operations of the schema with arguments that somebody could mean."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from graphql import GraphQLField, GraphQLSchema, get_named_type, is_leaf_type, is_required_argument

from tests.api.client import Json, Person, new_key
from tests.api.keeping import photo, upload

DOCUMENT = Path(__file__).parents[2] / "docs" / "function.md"
ROLES = ("anonymous", "owner", "patient", "doctor", "admin", "superadmin")
CODES = {"✓": "may", "–": "UNAUTHENTICATED", "✗": "FORBIDDEN", "?": "NOT_FOUND"}
ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<cells>[^|]+(?: \| [^|]+){5}) \|.*\|$", re.MULTILINE)


class Operation(NamedTuple):
    kind: str
    name: str
    field: GraphQLField

    def document(self, given: Json) -> str:
        """With what is given as variables of the same names."""
        selection = "" if is_leaf_type(get_named_type(self.field.type)) else " { __typename }"
        if not given:
            return f"{self.kind} Op {{ {self.name}{selection} }}"
        declared = ", ".join(f"${name}: {self.field.args[name].type}" for name in given)
        arguments = ", ".join(f"{name}: ${name}" for name in given)
        return f"{self.kind} Op({declared}) {{ {self.name}({arguments}){selection} }}"


def table() -> dict[str, dict[str, str]]:
    """The expected outcome of each operation for each role."""
    rows = ROW.finditer(DOCUMENT.read_text())
    return {
        row["name"]: dict(zip(ROLES, map(CODES.__getitem__, row["cells"].split(" | ")), strict=True)) for row in rows
    }


def operations(schema: GraphQLSchema) -> dict[str, Operation]:
    roots = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}
    return {
        name: Operation(kind, name, field)
        for kind, root in roots.items()
        if root is not None
        for name, field in root.fields.items()
    }


@dataclass
class Things:
    """Makes what operations ask for: the owner's own, and what admins care for."""

    owner: Person
    admin: Person
    newcomer: Callable[[], Awaitable[Person]]

    async def session(self) -> str:
        return await self._id(self.owner, "mutation { createSession { id } }")

    async def sent(self) -> Json:
        query = """mutation($input: SendTextInput!) { sendText(input: $input) { message { id } reply { id } } }"""
        sent: Json = (await self.owner.ask(query, input={"text": "我头疼", "clientKey": new_key()}))["sendText"]
        return sent

    async def message(self) -> str:
        return str((await self.sent())["message"]["id"])

    async def reply(self) -> str:
        return str((await self.sent())["reply"]["id"])

    async def group(self, *members: str) -> str:
        query = 'mutation($ids: [ID!]) { createGroup(name: "病友", memberIds: $ids, aiMode: OFF) { id } }'
        return await self._id(self.owner, query, ids=list(members))

    async def observation(self) -> str:
        query = "mutation($input: [ObservationInput!]!) { addHealthData(input: $input) { id } }"
        return str((await self.owner.ask(query, input=[OBSERVATION]))["addHealthData"][0]["id"])

    async def record(self) -> str:
        return await self._id(
            self.owner, "mutation($input: RecordInput!) { createRecord(input: $input) { id } }", input=RECORD
        )

    async def api_config(self) -> str:
        query = "mutation($input: ApiConfigInput!) { createApiConfig(input: $input) { id } }"
        return await self._id(self.admin, query, input=api_config())

    async def dialog_config(self) -> str:
        query = "mutation($input: DialogConfigInput!) { createDialogConfig(input: $input) { id } }"
        return await self._id(self.admin, query, input=dialog_config())

    async def file(self) -> str:
        return str((await upload(self.owner, photo()))["id"])

    async def ticket(self) -> str:
        query = """mutation($purpose: FilePurpose!, $mime: String!, $bytes: Int!) {
          requestUpload(purpose: $purpose, mime: $mime, bytes: $bytes) { file { id } }
        }"""
        return str((await self.owner.ask(query, **TICKET))["requestUpload"]["file"]["id"])

    async def book(self) -> str:
        query = "mutation($input: TreasureBookInput!) { createTreasureBook(input: $input) { id } }"
        return await self._id(self.admin, query, input=BOOK)

    async def somebody(self) -> str:
        return (await self.newcomer()).id

    async def _id(self, person: Person, query: str, **variables: object) -> str:
        (made,) = (await person.ask(query, **variables)).values()
        return str(made["id"])


OBSERVATION = {"metric": "HEART_RATE", "value": "72", "effectiveAt": "2026-02-03T09:30:00+08:00"}
TICKET = {"purpose": "CHAT_IMAGE", "mime": "image/jpeg", "bytes": 1000}
BOOK = {"title": "糖尿病饮食", "fileUrl": "https://example.cn/a.pdf"}
RECORD = {"kind": "NOTE", "title": "头疼"}


def api_config() -> Json:
    return {"name": f"n{new_key()}", "type": "OPENAI_COMPATIBLE", "baseUrl": "http://127.0.0.1:9", "enabled": False}


def dialog_config() -> Json:
    return {"slug": f"s{new_key()[:12]}", "roleName": "助手", "prompt": "p", "enabled": False}


Make = Callable[[Things, Person], Awaitable[Json]]


def _of(name: str, thing: Callable[[Things], Awaitable[str]], **more: Any) -> Make:
    async def make(things: Things, _person: Person) -> Json:
        return {name: await thing(things), **more}

    return make


def _values(**values: Any) -> Make:
    async def make(_things: Things, _person: Person) -> Json:
        return values

    return make


async def _send_text(things: Things, _person: Person) -> Json:
    return {"input": {"sessionId": await things.session(), "text": "你好", "clientKey": new_key()}}


async def _send_image(things: Things, _person: Person) -> Json:
    files = [await things.file()]
    return {"input": {"sessionId": await things.session(), "fileIds": files, "clientKey": new_key()}}


async def _member(things: Things, _person: Person) -> Json:
    member = await things.somebody()
    return {"sessionId": await things.group(member), "userId": member}


async def _add_members(things: Things, _person: Person) -> Json:
    return {"sessionId": await things.group(), "userIds": [await things.somebody()]}


async def _mark_read(things: Things, _person: Person) -> Json:
    return {"sessionId": (await things.message()).partition(".")[0], "seq": 1}


async def _owner(things: Things, _person: Person) -> Json:
    return {"id": things.owner.id}


async def _regenerate(things: Things, _person: Person) -> Json:
    return {"messageId": await things.reply(), "clientKey": new_key()}


async def _register(_things: Things, _person: Person) -> Json:
    return {"input": {"username": f"u{new_key()}"[:20], "password": "correct horse"}}


async def _create_api(_things: Things, _person: Person) -> Json:
    return {"input": api_config()}


async def _create_dialog(_things: Things, _person: Person) -> Json:
    return {"input": dialog_config()}


async def _login(things: Things, _person: Person) -> Json:
    return {"username": things.owner.username, "password": "correct horse"}


async def _refresh(things: Things, _person: Person) -> Json:
    return {"refreshToken": (await things.newcomer()).refresh_token}


async def _delete_observation(things: Things, _person: Person) -> Json:
    return {"ids": [await things.observation()]}


VARIABLES: dict[str, Make] = {
    "user": _owner,
    "sendVerificationCode": _values(phone="12345", purpose="LOGIN"),
    "register": _register,
    "login": _login,
    "loginWithPhone": _values(phone="13800000001", smsCode="123456"),
    "loginWithWechat": _values(code="nonsense"),
    "refreshToken": _refresh,
    "resetPassword": _values(phone="13800000002", smsCode="123456", new="a new password"),
    "changePassword": _values(old="correct horse", new="correct horse"),
    "bindWechat": _values(code="nonsense"),
    "bindPhone": _values(phone="13800000003", smsCode="123456"),
    "updateProfile": _values(input={"nickname": "小李"}),
    "updateSettings": _values(input={"notify": True}),
    "setAccessRole": _of("userId", Things.somebody, role="ADMIN"),
    "setCareRole": _of("userId", Things.somebody, role="DOCTOR"),
    "setUserActive": _of("userId", Things.somebody, active=False),
    "session": _of("id", Things.session),
    "message": _of("id", Things.message),
    "searchMessages": _of("sessionId", Things.session, text="头疼", first=10),
    "updateSession": _of("id", Things.session, title="新"),
    "deleteSession": _of("id", Things.session),
    "sendText": _send_text,
    "sendImage": _send_image,
    "recallMessage": _of("id", Things.message),
    "markRead": _mark_read,
    "createGroup": _values(name="病友", aiMode="OFF"),
    "addMembers": _add_members,
    "removeMember": _member,
    "leaveGroup": _of("sessionId", Things.group),
    "sessionEvents": _of("sessionId", Things.session),
    "replyProgress": _of("messageId", Things.reply),
    "replyStream": _of("messageId", Things.reply),
    "stopReply": _of("messageId", Things.reply),
    "regenerateReply": _regenerate,
    "rateReply": _of("messageId", Things.reply, rating="LIKE"),
    "apiConfig": _of("id", Things.api_config),
    "createApiConfig": _create_api,
    "updateApiConfig": _of("id", Things.api_config, input={"timeoutMs": 20_000}),
    "deleteApiConfig": _of("id", Things.api_config),
    "testApiConfig": _of("id", Things.api_config),
    "dialogConfig": _of("id", Things.dialog_config),
    "createDialogConfig": _create_dialog,
    "updateDialogConfig": _of("id", Things.dialog_config, input={"greeting": "您好"}),
    "deleteDialogConfig": _of("id", Things.dialog_config),
    "file": _of("id", Things.file),
    "requestUpload": _values(**TICKET),
    "completeUpload": _of("fileId", Things.ticket),
    "deleteFile": _of("id", Things.file),
    "uploadImage": _values(file=None),
    "treasureBook": _of("id", Things.book),
    "createTreasureBook": _values(input=BOOK),
    "updateTreasureBook": _of("id", Things.book, input={"position": 5}),
    "deleteTreasureBook": _of("id", Things.book),
    "addHealthData": _values(input=[OBSERVATION]),
    "updateHealthData": _of("id", Things.observation, input=OBSERVATION),
    "deleteHealthData": _delete_observation,
    "record": _of("id", Things.record),
    "createRecord": _values(input=RECORD),
    "updateRecord": _of("id", Things.record, expectedVersion=1, input=RECORD),
    "deleteRecord": _of("id", Things.record),
    "logStats": _values(**{"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}),
    "logTail": _values(level="INFO"),
    "summariseRecords": _values(clientKey="once"),
}


async def variables(operation: Operation, things: Things, person: Person) -> Json:
    """New things at each call, as the one before may have used them up."""
    if operation.name in VARIABLES:
        return await VARIABLES[operation.name](things, person)
    missing = [name for name, argument in operation.field.args.items() if is_required_argument(argument)]
    assert not missing, f"say in tests/api/function.py what `{operation.name}` is asked with"
    return {}
