"""The assistant listens to the conversation: a message that wants an answer gets a pending reply and a job."""

from uuid import UUID

from domain.assistant.configs import SLUG
from domain.assistant.models import DialogConfig, NewReply
from domain.assistant.ports import AssistantWork
from domain.assistant.providers import seeing_chain
from domain.assistant.routing import wants_reply
from domain.chat.models import ChatSession, Draft, Message, MessageKey, MessageKind, MessageState, SessionKind
from domain.errors import BadUserInput
from domain.viewer import CareRole


class AssistantResponder:
    """Implements `domain.chat.ports.Responder`."""

    async def check_assistant(self, work: AssistantWork, slug: str) -> None:
        if not SLUG.fullmatch(slug) or await work.configs.dialog(slug) is None:
            raise BadUserInput("没有这个助手", "There is no such assistant.", field="assistant")

    async def respond(self, work: AssistantWork, session: ChatSession, message: Message) -> Message | None:
        dialog = await self._dialog(work, session)
        if dialog is None or message.sender_id is None or not wants_reply(session, message, dialog.role_name):
            return None
        if message.kind is MessageKind.IMAGE and not await seeing_chain(work.configs, dialog):
            _check_others_look(session)
            return None
        reply = await work.chat.append(pending_reply(message))
        if reply is None:
            raise AssertionError("a draft without client key is never a repetition")
        await queue_reply(
            work, NewReply(session.id, reply.seq, message.seq, asker_id=message.sender_id, assistant=dialog.slug)
        )
        return reply

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


def pending_reply(question: Message) -> Draft:
    return Draft(
        session_id=question.session_id,
        sender_id=None,
        sender_role=CareRole.AI_ASSISTANT,
        kind=MessageKind.AI_REPLY,
        state=MessageState.PENDING,
        content="",
        reply_to_seq=question.seq,
    )


async def queue_reply(work: AssistantWork, reply: NewReply) -> None:
    """Behind the one that is being generated in the session, if there is one."""
    if await work.replies.create(reply):
        await work.jobs.enqueue_reply(MessageKey(reply.session_id, reply.seq))
