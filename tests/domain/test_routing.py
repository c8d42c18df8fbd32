"""The AI answers …"""

import pytest

from domain.assistant.routing import wants_reply
from domain.chat.models import AiMode, MessageKind
from domain.viewer import CareRole
from tests.domain.conversation import message, session

PATIENT, DOCTOR, AI = CareRole.PATIENT, CareRole.DOCTOR, CareRole.AI_ASSISTANT


@pytest.mark.parametrize(
    ("mode", "role", "text", "answered"),
    [
        (AiMode.AUTO, PATIENT, "头疼", True),
        (AiMode.AUTO, DOCTOR, "多休息", False),
        (AiMode.AUTO, DOCTOR, "@健康助手 总结", False),
        (AiMode.AUTO, AI, "答复", False),
        (AiMode.MENTION, PATIENT, "头疼", False),
        (AiMode.MENTION, PATIENT, "@健康助手 头疼", True),
        (AiMode.MENTION, DOCTOR, "请＠健康助手看看", True),
        (AiMode.MENTION, AI, "@健康助手", False),
        (AiMode.OFF, PATIENT, "@健康助手 头疼", False),
        (AiMode.OFF, DOCTOR, "@健康助手", False),
    ],
)
def test_by_mode_role_and_mention(mode: AiMode, role: CareRole, text: str, *, answered: bool) -> None:
    assert wants_reply(session(mode), message(text, role=role), "健康助手") is answered


@pytest.mark.parametrize(("kind", "answered"), [(MessageKind.IMAGE, True), (MessageKind.SYSTEM, False)])
def test_what_people_say_and_nothing_else(kind: MessageKind, *, answered: bool) -> None:
    assert wants_reply(session(), message(kind=kind), "健康助手") is answered
