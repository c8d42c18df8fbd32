"""The installation itself: one call of the domain a field."""

from dataclasses import dataclass
from datetime import datetime

from domain.assistant.models import DialogConfig
from domain.chat.models import MAX_IMAGES, MAX_TEXT
from domain.figures import Metrics
from domain.files.formats import PICTURE_MIMES
from domain.system import SystemStatus
from resolvers.assistant import assistants
from resolvers.context import Context, Info


@dataclass(frozen=True, slots=True)
class ClientConfig:
    assistants: list[DialogConfig]
    max_image_bytes: int
    max_images: int
    max_paper_bytes: int
    image_mime_types: list[str]
    max_text_length: int


async def client_config(info: Info) -> ClientConfig:
    limits = info.context.services.files.limits
    return ClientConfig(
        assistants=await assistants(info),
        max_image_bytes=limits.image.max_bytes,
        max_images=MAX_IMAGES,
        max_paper_bytes=limits.max_paper_bytes,
        image_mime_types=list(PICTURE_MIMES),
        max_text_length=MAX_TEXT,
    )


def server_time(_root: None, context: Context) -> datetime:
    return context.services.system.time()


async def system_status(info: Info) -> SystemStatus:
    viewer = info.context.viewer_or_none
    return await info.context.services.system.status(internals=viewer is not None and viewer.is_admin)


async def metrics(info: Info) -> Metrics:
    return await info.context.services.figures.metrics()
