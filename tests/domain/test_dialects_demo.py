"""The demonstration ..."""

import pytest

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.words import ApiType, Finished, Prompt, Script, Turn
from tests.domain.answers import read, text_of
from tests.domain.prompts import endpoint

DIALECT = DIALECTS[ApiType.DEMO]


def script(*turns: Turn) -> Script:
    call = DIALECT.call(endpoint(ApiType.DEMO, ""), Prompt(turns, "u", "r"))
    assert isinstance(call, Script)
    return call


def answer(*turns: Turn) -> str:
    events = read(DIALECT.reader(), script(*turns).pieces)
    assert events[-1] == Finished()
    return text_of(events)


def test_says_what_it_is_and_how_to_set_up_a_model() -> None:
    text = answer(Turn("user", "头疼怎么办"))
    assert text.startswith("您好！这是一段演示回答")
    for name in ("FASTGPT_BASE_URL", "FASTGPT_API_KEY", "STEP_MODEL", "OPENAI_BASE_URL"):
        assert f"WELLMATE_{name}" in text
    assert "createApiConfig" in text
    assert "120" in text


@pytest.mark.parametrize(
    ("turn", "echo"),
    [
        (Turn("user", "头疼\n怎么办\0 "), "您刚才说：“头疼 怎么办”。"),
        (Turn("user", "{x} %s"), "您刚才说：“{x} %s”。"),
        (Turn("user", "一" * 50), f"您刚才说：“{'一' * 39}…”。"),
        (Turn("user", "", ("a", "b")), "您发来了 2 张图片，演示模式看不了图片。"),
        (Turn("system", "提示"), "您还没有提问。"),
    ],
)
def test_repeats_a_little_of_what_was_asked_last(turn: Turn, echo: str) -> None:
    assert f"\n\n{echo}\n\n" in answer(Turn("user", "更早的话"), turn) if turn.role == "user" else answer(turn)


def test_comes_word_by_word() -> None:
    asked = script(Turn("user", "头疼"))
    assert len(asked.pieces) > 100
    assert 0 < asked.pause_s < 0.1
