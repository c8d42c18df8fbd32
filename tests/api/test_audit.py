"""The audit trail …"""

import hashlib
from typing import Any

import orjson
import pytest

from tests.api.client import Json, People, Person, new_key
from tests.api.serving import Served

TRAIL = """query Trail($target: ID, $user: ID, $after: String, $first: Int) {
  auditTrail(targetId: $target, userId: $user, after: $after, first: $first) {
    nodes { at action targetKind targetId changed before after requestId user { id username } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
CREATE = "mutation($input: ApiConfigInput!) { createApiConfig(input: $input) { id } }"
UPDATE = "mutation($id: ID!, $input: ApiConfigInput!) { updateApiConfig(id: $id, input: $input) { id } }"
DELETE = "mutation($id: ID!) { deleteApiConfig(id: $id) }"
ROLE = "mutation($id: ID!, $role: AccessRole!) { setAccessRole(userId: $id, role: $role) { accessRole } }"
KEY, NEXT_KEY = "sk-first-secret-key-0001", "sk-second-secret-key-0002"


async def trail(admin: Person, **asked: object) -> list[Json]:
    found: list[Json] = (await admin.ask(TRAIL, **asked))["auditTrail"]["nodes"]
    return found


def provider(**more: object) -> dict[str, object]:
    return {"name": f"P {new_key()}", "type": "FASTGPT", "baseUrl": "http://127.0.0.1:9/api"} | more


async def test_tells_who_made_changed_and_removed_a_provider(admin: Person) -> None:
    created = (await admin.ask(CREATE, input=provider(apiKey=KEY, enabled=False)))["createApiConfig"]["id"]
    await admin.ask(UPDATE, id=created, input={"timeoutMs": 5000, "apiKey": NEXT_KEY})
    await admin.ask(DELETE, id=created)
    removed, changed, made = await trail(admin, target=created)
    assert [made["action"], changed["action"], removed["action"]] == [
        "createApiConfig",
        "updateApiConfig",
        "deleteApiConfig",
    ]
    assert {(e["targetKind"], e["targetId"], e["user"]["username"]) for e in (made, changed, removed)} == {
        ("ApiConfig", created, "admin")
    }
    assert changed["changed"] == ["apiKey", "timeoutMs"]
    assert (made["before"], removed["after"]) == (None, None)
    assert (made["after"], changed["after"]) == (changed["before"], removed["before"])
    assert changed["before"] != changed["after"]
    assert KEY not in str((made, changed, removed))


async def test_names_the_request(admin: Person) -> None:
    headers = admin.headers | {"x-request-id": "audit-me-1"}
    body = {"query": CREATE, "variables": {"input": provider(enabled=False)}}
    created = (await admin.http.post("/graphql", json=body, headers=headers)).json()["data"]["createApiConfig"]["id"]
    assert [entry["requestId"] for entry in await trail(admin, target=created)] == ["audit-me-1"]


async def test_hashes_what_may_be_changed(admin: Person) -> None:
    given: dict[str, Any] = {"slug": f"a{new_key()[:12]}", "roleName": "审计", "prompt": "请回答", "enabled": False}
    create = "mutation($input: DialogConfigInput!) { createDialogConfig(input: $input) { id } }"
    created = (await admin.ask(create, input=given))["createDialogConfig"]["id"]
    (entry,) = await trail(admin, target=created)
    state = given | {"greeting": None, "modelName": None, "textApiId": None, "imageApiId": None}
    assert entry["after"] == hashlib.sha256(orjson.dumps(state, option=orjson.OPT_SORT_KEYS)).hexdigest()
    assert entry["changed"] == ["enabled", "prompt", "roleName", "slug"]


async def test_has_nothing_of_a_change_that_failed(admin: Person) -> None:
    before = len(await trail(admin, first=100))
    taken = provider(enabled=False)
    created = (await admin.ask(CREATE, input=taken))["createApiConfig"]["id"]
    assert (await admin.refused(CREATE, input=taken)).code == "CONFLICT"
    assert (await admin.refused(UPDATE, id=created, input={"fallbackId": created})).code == "BAD_USER_INPUT"
    assert (await admin.refused(DELETE, id="00000000-0000-0000-0000-000000000009")).code == "NOT_FOUND"
    assert len(await trail(admin, first=100)) == before + 1


async def test_tells_who_gave_a_role(admin: Person, patient: Person) -> None:
    await admin.ask(ROLE, id=patient.id, role="ADMIN")
    await admin.ask("mutation($id: ID!) { setUserActive(userId: $id, active: false) { id } }", id=patient.id)
    disabled, promoted = await trail(admin, target=patient.id)
    assert (promoted["action"], promoted["targetKind"], promoted["changed"]) == (
        "setAccessRole",
        "User",
        ["accessRole"],
    )
    assert (disabled["action"], disabled["changed"]) == ("setUserActive", ["isActive"])


async def test_begins_with_the_first_admin(admin: Person, app: Served) -> None:
    (first,) = await trail(admin, target=admin.id)
    assert (first["action"], first["user"], first["before"]) == ("createAdmin", None, None)


async def test_is_paged_newest_first(admin: Person) -> None:
    for _ in range(3):
        await admin.ask(CREATE, input=provider(enabled=False))
    page = (await admin.ask(TRAIL, user=admin.id, first=2))["auditTrail"]
    after = page["pageInfo"]["endCursor"]
    following = (await admin.ask(TRAIL, user=admin.id, first=1, after=after))["auditTrail"]
    assert page["pageInfo"]["hasNextPage"]
    assert following["pageInfo"]["hasPreviousPage"]
    moments = [entry["at"] for entry in page["nodes"] + following["nodes"]]
    assert moments == sorted(moments, reverse=True)
    assert (await trail(admin, user="nonsense"), await trail(admin, target="nonsense")) == ([], [])


@pytest.mark.parametrize("role", ["USER", "ADMIN"])
async def test_is_for_superadmins_alone(people: People, admin: Person, role: str) -> None:
    person = await people.patient()
    await admin.ask(ROLE, id=person.id, role=role)
    entered = 'mutation($u: String!) { login(username: $u, password: "correct horse") { accessToken } }'
    person.token = (await people.stranger().ask(entered, u=person.username))["login"]["accessToken"]
    assert (await person.refused(TRAIL)).code == "FORBIDDEN"
