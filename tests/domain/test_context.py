"""The context of a prompt …"""

from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.context import CONTEXT_CHARACTERS, turns
from domain.chat.models import Message, MessageKind, MessageState
from domain.viewer import CareRole
from tests.domain.conversation import message


def reply(content: str, state: MessageState = MessageState.COMPLETE) -> Message:
    return message(content, role=CareRole.AI_ASSISTANT, kind=MessageKind.AI_REPLY, state=state)


def test_is_the_prompt_and_the_conversation_in_order() -> None:
    told = turns("你是助手", [message("一"), reply("二"), message("三")])
    assert [(turn.role, turn.text) for turn in told] == [
        ("system", "你是助手"),
        ("user", "一"),
        ("assistant", "二"),
        ("user", "三"),
    ]


def test_leaves_out_what_was_recalled_failed_or_never_said() -> None:
    earlier = [
        message("", state=MessageState.RECALLED),
        reply("半句", MessageState.FAILED),
        reply("", MessageState.PENDING),
        reply("停在这里", MessageState.STOPPED),
    ]
    assert [turn.text for turn in turns("p", [*earlier, message("问")])] == ["p", "停在这里", "问"]


@given(st.lists(st.integers(1, CONTEXT_CHARACTERS), max_size=12), st.integers(1, CONTEXT_CHARACTERS))
def test_keeps_the_question_whole_and_the_newest_that_fit(lengths: list[int], asked: int) -> None:
    conversation = [*(message("字" * length) for length in lengths), message("问" * asked)]
    kept = [len(turn.text) for turn in turns("p", conversation)[1:]]
    assert kept[-1] == asked
    assert kept[:-1] == lengths[len(lengths) - len(kept) + 1 :]
    assert sum(kept) <= CONTEXT_CHARACTERS
    if len(kept) <= len(lengths):
        assert sum(kept) + lengths[-len(kept)] > CONTEXT_CHARACTERS
