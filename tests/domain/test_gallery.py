"""A picture reaches a model …"""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.assistant.context import turns
from domain.assistant.dialects.words import ApiType
from domain.assistant.gallery import takes_link
from domain.assistant.models import ApiConfig
from domain.assistant.providers import DEMO, seeing
from domain.chat.models import MessageKind
from tests.domain.conversation import message

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COS = "https://b-125.cos.ap-guangzhou.myqcloud.com/key?q-sign=1"
MINIO = "http://192.168.1.9:9000/bucket/key?X-Amz-Signature=1"
LOCAL = "http://127.0.0.1:9000/bucket/key"
DISK = "/files/key?signature=1"
STEP, OPENAI, FASTGPT, COZE = ApiType.STEP_VISION, ApiType.OPENAI_COMPATIBLE, ApiType.FASTGPT, ApiType.COZE


def provider(kind: ApiType, base_url: str = "https://api.example.com/v1", number: int = 1) -> ApiConfig:
    return ApiConfig(UUID(int=number), "p", kind, base_url, None, None, 1000, True, None, NOW, NOW)


@pytest.mark.parametrize(
    ("kind", "base_url", "link", "by_link"),
    [
        (STEP, "https://api.stepfun.com/v1", COS, True),
        (STEP, "https://api.stepfun.com/v1", MINIO, False),
        (STEP, "https://api.stepfun.com/v1", LOCAL, False),
        (STEP, "https://api.stepfun.com/v1", DISK, False),
        (OPENAI, "https://dashscope.aliyuncs.com/compatible-mode/v1", COS, True),
        (OPENAI, "http://ollama:11434/v1", COS, False),
        (OPENAI, "http://localhost:11434/v1", LOCAL, False),
        (OPENAI, "http://[::1]:11434/v1", LOCAL, False),
        (OPENAI, "http://10.1.2.3:8000/v1", MINIO, False),
        (FASTGPT, "http://fastgpt:3000/api", MINIO, True),
        (FASTGPT, "http://fastgpt.hospital.local/api", COS, True),
        (FASTGPT, "http://fastgpt:3000/api", LOCAL, False),
        (FASTGPT, "http://127.0.0.1:3000/api", LOCAL, True),
        (FASTGPT, "http://127.0.0.1:3000/api", DISK, False),
        (FASTGPT, "nonsense://", COS, False),
        (COZE, "https://api.coze.cn", COS, True),
        (COZE, "https://api.coze.cn", MINIO, False),
    ],
)
def test_by_its_address_only_where_that_can_be_downloaded(
    kind: ApiType, base_url: str, link: str, by_link: bool
) -> None:
    assert takes_link(provider(kind, base_url), link) is by_link


def test_that_is_named_for_pictures_else_a_step_vision() -> None:
    named, step, other = provider(OPENAI, number=1), provider(STEP, number=2), provider(FASTGPT, number=3)
    assert seeing(named.id, [other, step, named]) is named
    assert seeing(None, [other, step, named]) is step
    assert seeing(UUID(int=9), [other, step]) is step
    assert seeing(None, [other, named]) is None
    assert seeing(UUID(int=9), [other]) is None
    assert seeing(None, []) is DEMO.config


def test_beside_the_words_it_was_sent_with() -> None:
    picture = message("疹子", seq=1, kind=MessageKind.IMAGE)
    bare = picture._replace(seq=2, content="")
    told = turns("p", [picture, bare, message("严重吗", seq=3)], {2: ["data:a", "data:b"]})
    assert [(turn.text, turn.image_urls) for turn in told] == [
        ("p", ()),
        ("[图片]疹子", ()),
        ("", ("data:a", "data:b")),
        ("严重吗", ()),
    ]
