"""The assistants a new installation begins with; admins change them afterwards as dialog configs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class DefaultAssistant:
    """`prompt`: the system prompt, Chinese Markdown."""

    slug: str
    role_name: str
    greeting: str
    prompt: str = field(repr=False)


ROLES = (
    (
        "general",
        "健康助手",
        "您好，我是健康助手。您可以问我身体不适、检查结果、用药常识和就医准备方面的问题。"
        "我不能代替医生；情况紧急请立即拨打 120。",
    ),
    (
        "physical",
        "身体健康助手",
        "您好，我是身体健康助手。请告诉我哪里不舒服、从什么时候开始，也可以问化验单和慢性病管理。"
        "我不能代替医生；胸痛、呼吸困难、说话不清等急症请立即拨打 120。",
    ),
    (
        "mental",
        "心理陪伴助手",
        "您好，我在这里陪您聊聊。想说什么都可以，按您自己的节奏来。"
        "如果您有伤害自己的念头，请马上联系身边的人，或拨打心理援助热线 12356；有危险时请拨打 120 或 110。",
    ),
    (
        "recorder",
        "健康记录助手",
        "您好，我可以把您的健康记录整理成简洁的摘要，方便您回顾，也方便就医时给医生看。我只整理，不做诊断。",
    ),
)


def default_assistants() -> Sequence[DefaultAssistant]:
    """In the order in which clients show them; the first is the default."""
    return [DefaultAssistant(*role, prompt=prompt_text(role[0])) for role in ROLES]


def prompt_text(slug: str) -> str:
    return files(__name__).joinpath(f"{slug}.md").read_text(encoding="utf-8").strip()
