"""What a model is told: the prompt of its role, and as much of the conversation as fits."""

from collections.abc import Iterable, Sequence

from domain.assistant.dialects.words import Turn
from domain.chat.models import Message, MessageKind, MessageState

CONTEXT_CHARACTERS = 12_000
CONTEXT_MESSAGES = 40
SAID = (MessageState.SENT, MessageState.COMPLETE, MessageState.STOPPED)


def turns(prompt: str, conversation: Sequence[Message]) -> tuple[Turn, ...]:
    """`conversation`: oldest first, the question last; the question is always whole, older messages while they fit."""
    *earlier, question = conversation
    kept = list(_fitting(reversed(earlier), CONTEXT_CHARACTERS - len(question.content)))
    return (Turn("system", prompt), *map(_turn, reversed(kept)), _turn(question))


def _fitting(newest_first: Iterable[Message], room: int) -> Iterable[Message]:
    for message in newest_first:
        if message.state not in SAID or not message.content:
            continue
        room -= len(message.content)
        if room < 0:
            return
        yield message


def _turn(message: Message) -> Turn:
    return Turn("assistant" if message.kind is MessageKind.AI_REPLY else "user", message.content)
