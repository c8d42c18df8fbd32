"""A base address as it was pasted ..."""

import pytest

from domain.assistant.dialects.addresses import coze_chat, fastgpt_chat, openai_chat
from domain.assistant.dialects.words import NotCallable


@pytest.mark.parametrize(
    "pasted",
    [
        "http://host:3000",
        "http://host:3000/",
        "http://host:3000/api",
        " http://host:3000/api/ \n",
        "http://host:3000//api//v1/",
        "http://host:3000/api/v1/chat/completions",
        "http://host:3000/api/v2/chat/completions/",
        "http://host:3000/api/v1?key=x#y",
        "“http://host:3000/api”",
        "host:3000/api",
    ],
)
def test_becomes_the_chat_address_of_fastgpt(pasted: str) -> None:
    assert fastgpt_chat(pasted) == "http://host:3000/api/v1/chat/completions"


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("api.fastgpt.in/api", "https://api.fastgpt.in/api/v1/chat/completions"),
        ("https://x.example/fastgpt", "https://x.example/fastgpt/api/v1/chat/completions"),
        ("https://x.example/ai/v1", "https://x.example/ai/v1/chat/completions"),
        ("https://x.example/ai/v1/chat/completions", "https://x.example/ai/v1/chat/completions"),
    ],
)
def test_keeps_a_path_of_its_own(pasted: str, address: str) -> None:
    assert fastgpt_chat(pasted) == address


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("https://api.deepseek.com", "https://api.deepseek.com/v1/chat/completions"),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1/chat/completions"),
        ("192.168.1.9:8000", "http://192.168.1.9:8000/v1/chat/completions"),
        ("localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        ("[::1]:11434", "http://[::1]:11434/v1/chat/completions"),
        ("https://api.stepfun.com/step_plan/v1", "https://api.stepfun.com/step_plan/v1/chat/completions"),
        ("https://x.cn/compatible-mode", "https://x.cn/compatible-mode/v1/chat/completions"),
        ("https://x.cn/api/paas/v4/", "https://x.cn/api/paas/v4/chat/completions"),
        ("https://x.com/v1beta/openai/", "https://x.com/v1beta/openai/chat/completions"),
        ("https://x.cn/gateway/chat/completions", "https://x.cn/gateway/chat/completions"),
    ],
)
def test_becomes_the_chat_address_of_an_openai_compatible_server(pasted: str, address: str) -> None:
    assert openai_chat(pasted) == address


@pytest.mark.parametrize(
    "pasted", ["https://api.coze.cn", "api.coze.cn/", "https://api.coze.cn/v3/chat", "https://api.coze.cn/v1"]
)
def test_becomes_the_chat_address_of_coze(pasted: str) -> None:
    assert coze_chat(pasted) == "https://api.coze.cn/v3/chat"


@pytest.mark.parametrize("pasted", ["", " ", "ftp://x", "http://", "http://[", "http://x:99999", "http://x:y", "///"])
def test_is_refused_where_nothing_could_be_called(pasted: str) -> None:
    for chat in (fastgpt_chat, openai_chat, coze_chat):
        with pytest.raises(NotCallable):
            chat(pasted)
