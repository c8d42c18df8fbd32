"""Reports written for the designs that Wellmate unites …"""

import pytest
from sqlalchemy import text

from tests.api.client import People
from tests.api.serving import Served
from tests.api.test_chat import say
from tests.api.test_groups import CREATE

COLUMNS = {
    "chat_logs": "id user_id session_id sender content type file_url created_at",
    "groups": "id group_id group_name description created_by created_at updated_at",
    "group_members": "id group_id user_id user_role joined_at",
    "messages": "id message_id group_id from_user_id msg_type msg_content created_at updated_at",
    "treasure_books": "id title file_url created_at updated_at",
    "ai_interaction_records": "id record_id group_id user_message_id ai_message_id ai_service_url request_content "
    "response_content status duration_ms error_message created_at updated_at",
}


@pytest.mark.parametrize("view", COLUMNS)
async def test_find_their_columns(app: Served, view: str) -> None:
    async with app.house.database.transaction() as connection:
        names = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'seed' AND table_name = :view"
        found = await connection.scalars(text(f"{names} ORDER BY ordinal_position"), {"view": view})
    assert list(found) == COLUMNS[view].split()


async def test_find_what_was_said(app: Served, people: People) -> None:
    one, two = await people.patient(), await people.patient()
    group = (await one.ask(CREATE, members=[two.id]))["createGroup"]["id"]
    asked = await say(one, "群里问", sessionId=group, wait=True)
    alone = await say(one, "单独问", wait=True)
    async with app.house.database.transaction() as connection:
        told = await connection.execute(
            text(
                "SELECT from_user_id, msg_type, msg_content FROM seed.messages WHERE group_id = :id ORDER BY message_id"
            ),
            {"id": group},
        )
        logged = await connection.execute(
            text(
                "SELECT sender, content, type, file_url FROM seed.chat_logs"
                " WHERE session_id = CAST(:id AS uuid) ORDER BY created_at"
            ),
            {"id": alone["session"]["id"]},
        )
        records = await connection.execute(
            text("SELECT user_message_id, ai_message_id, status FROM seed.ai_interaction_records WHERE group_id = :id"),
            {"id": group},
        )
    assert [tuple(row) for row in told] == [
        (one.id, "TEXT", "群里问"),
        ("AI_ASSISTANT", "AI_REPLY", asked["reply"]["content"]),
    ]
    assert [tuple(row) for row in logged] == [
        ("user", "单独问", "text", None),
        ("ai", alone["reply"]["content"], "text", None),
    ]
    assert [tuple(row) for row in records] == [(asked["message"]["id"], asked["reply"]["id"], 1)]
