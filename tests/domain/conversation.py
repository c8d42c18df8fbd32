"""Sessions and messages as tests need them."""

from datetime import UTC, datetime
from uuid import UUID

from domain.chat.models import AiMode, ChatSession, Message, MessageKind, MessageState, SessionKind
from domain.viewer import CareRole

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOMEBODY = UUID(int=1)
SESSION = UUID(int=2)


def session(ai_mode: AiMode = AiMode.AUTO, *, last_seq: int = 0, joined_seq: int = 0) -> ChatSession:
    return ChatSession(
        id=SESSION,
        kind=SessionKind.GROUP,
        title=None,
        description=None,
        owner_id=SOMEBODY,
        assistant_slug="general",
        ai_mode=ai_mode,
        last_seq=last_seq,
        member_id=SOMEBODY,
        member_role=CareRole.PATIENT,
        read_seq=0,
        joined_seq=joined_seq,
        pinned=False,
        archived=False,
        created_at=NOW,
        updated_at=NOW,
    )


def message(
    content: str = "你好",
    *,
    seq: int = 1,
    role: CareRole = CareRole.PATIENT,
    kind: MessageKind = MessageKind.TEXT,
    state: MessageState = MessageState.SENT,
) -> Message:
    sender = None if role is CareRole.AI_ASSISTANT else SOMEBODY
    return Message(SESSION, seq, sender, role, kind, state, content, None, (), None, NOW, NOW)
