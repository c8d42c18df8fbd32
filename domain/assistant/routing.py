"""Who gets an answer: pure rules."""

from domain.chat.models import AiMode, ChatSession, Draft, Message, MessageKind
from domain.viewer import CareRole

ASKS = (MessageKind.TEXT, MessageKind.IMAGE)


def wants_reply(session: ChatSession, said: Draft | Message, role_name: str) -> bool:
    """AUTO: patients are answered, doctors are not. MENTION: whoever writes @ and the AI's name is. OFF: nobody is."""
    if said.kind not in ASKS or said.sender_role is CareRole.AI_ASSISTANT or session.ai_mode is AiMode.OFF:
        return False
    if session.ai_mode is AiMode.MENTION:
        return mentions(said.content, role_name)
    return said.sender_role is CareRole.PATIENT


def mentions(text: str, role_name: str) -> bool:
    return f"@{role_name}" in text.replace("＠", "@")
