"""The assistant listens to the conversation: it says which messages it answers."""

from uuid import UUID

from domain.assistant.configs import SLUG
from domain.assistant.models import DialogConfig
from domain.assistant.ports import AssistantWork
from domain.assistant.providers import seeing_chain
from domain.assistant.routing import wants_reply
from domain.chat.models import ChatSession, Draft, Message, MessageKey, MessageKind, SessionKind
from domain.errors import BadUserInput


class AssistantResponder:
    """Implements `domain.chat.ports.Responder`."""

    async def check_assistant(self, work: AssistantWork, slug: str) -> None:
        if not SLUG.fullmatch(slug) or await work.configs.dialog(slug) is None:
            raise BadUserInput("没有这个助手", "There is no such assistant.", field="assistant")

    async def answerer(self, work: AssistantWork, session: ChatSession, draft: Draft) -> str | None:
        dialog = await self._dialog(work, session)
        if dialog is None or not wants_reply(session, draft, dialog.role_name):
            return None
        if draft.kind is MessageKind.IMAGE and not await seeing_chain(work.configs, dialog):
            _check_others_look(session)
            return None
        return dialog.slug

    async def hush(self, work: AssistantWork, session_id: UUID) -> None:
        await work.replies.stop_all(session_id)

    async def forget(self, work: AssistantWork, recalled: Message) -> None:
        await work.replies.stop_all(recalled.session_id, recalled.seq)
        await work.interactions.forget(MessageKey(recalled.session_id, recalled.seq))

    async def _dialog(self, work: AssistantWork, session: ChatSession) -> DialogConfig | None:
        return await work.configs.dialog(session.assistant_slug) if session.assistant_slug else None


def _check_others_look(session: ChatSession) -> None:
    """In a group a picture is for people. Raises BadUserInput where only the assistant could look at it."""
    if session.kind is SessionKind.ASSISTANT:
        raise BadUserInput(
            "这个助手看不了图片，请用文字描述",
            "This assistant cannot see pictures: describe it in words.",
            field="fileIds",
        )
