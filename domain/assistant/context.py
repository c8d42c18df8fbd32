"""What a model is told: the prompt of its role, and as much of the conversation as fits."""

from collections.abc import Iterable, Mapping, Sequence

from domain.assistant.dialects.words import Role, Turn
from domain.chat.models import Message, MessageKind, MessageState

CONTEXT_CHARACTERS = 12_000
UNSEEN = "[图片]"
"""Stands for pictures that the model does not get."""
CONTEXT_MESSAGES = 40
SAID = (MessageState.SENT, MessageState.COMPLETE, MessageState.STOPPED)


Shown = Mapping[int, Sequence[str]]
"""Addresses of the pictures of messages, by seq."""


def turns(prompt: str, conversation: Sequence[Message], shown: Shown | None = None) -> tuple[Turn, ...]:
    """`conversation`: oldest first, the question last; the question is always whole, older messages while they fit."""
    *earlier, question = conversation
    kept = list(_fitting(reversed(earlier), CONTEXT_CHARACTERS - len(question.content)))
    return (Turn("system", prompt), *(_turn(message, shown or {}) for message in (*reversed(kept), question)))


def worth_keeping(conversation: Sequence[Message]) -> list[Message]:
    """What the next question may need again, oldest first."""
    return list(reversed(list(_fitting(reversed(conversation), CONTEXT_CHARACTERS))))


def _fitting(newest_first: Iterable[Message], room: int) -> Iterable[Message]:
    for message in newest_first:
        if message.state not in SAID or not (message.content or message.kind is MessageKind.IMAGE):
            continue
        room -= len(message.content)
        if room < 0:
            return
        yield message


def _turn(message: Message, shown: Shown) -> Turn:
    role: Role = "assistant" if message.kind is MessageKind.AI_REPLY else "user"
    addresses = tuple(shown.get(message.seq, ()))
    unseen = message.kind is MessageKind.IMAGE and not addresses
    return Turn(role, f"{UNSEEN}{message.content}" if unseen else message.content, addresses)
