"""The default assistants ..."""

import pytest

from domain.assistant.prompts import DefaultAssistant, default_assistants

ASSISTANTS = {assistant.slug: assistant for assistant in default_assistants()}


def test_are_four_and_begin_with_the_general_one() -> None:
    assert list(ASSISTANTS) == ["general", "physical", "mental", "recorder"]
    assert len({assistant.role_name for assistant in ASSISTANTS.values()}) == 4


@pytest.mark.parametrize("assistant", ASSISTANTS.values(), ids=ASSISTANTS)
def test_send_emergencies_to_help_and_neither_diagnose_nor_prescribe(assistant: DefaultAssistant) -> None:
    for words in ("120", "12356", "不编造" if assistant.slug != "recorder" else "不推测", "隐私"):
        assert words in assistant.prompt
    assert "诊断" in assistant.prompt
    assert assistant.greeting


def test_leave_room_for_the_conversation() -> None:
    assert max(len(assistant.prompt) for assistant in ASSISTANTS.values()) < 2000
