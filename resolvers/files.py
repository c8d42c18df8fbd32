"""Files: one call of the domain a field."""

from typing import Annotated
from uuid import UUID

import strawberry

from domain.accounts.models import User
from domain.clock import parse_id
from domain.errors import NotFound
from domain.files.models import File, FilePurpose, Upload, UploadTicket
from resolvers.context import Context, Info
from resolvers.inputs import either
from transport.multipart import Upload as Received

ExpiresIn = Annotated[int | None, strawberry.argument(description="How many seconds the address lives, 1 to 86,400.")]
Thumbnail = Annotated[
    int | None, strawberry.argument(description="Longest side in pixels that is needed, 1 to 4,096; null: the whole.")
]
PURPOSE = strawberry.argument(description="What the file is for.")
Purpose = Annotated[FilePurpose, PURPOSE]
PurposeOrChat = Annotated[FilePurpose | None, PURPOSE]
LIFE_S = 600
Contents = Annotated[Received, strawberry.argument(description="The file, by the GraphQL multipart request spec.")]


async def upload_image(info: Info, file: Contents, purpose: PurposeOrChat = FilePurpose.CHAT_IMAGE) -> File:
    return await info.context.services.files.upload(
        info.context.viewer, file.file, file.size, either(purpose, FilePurpose.CHAT_IMAGE)
    )


async def request_upload(
    info: Info, purpose: Purpose, mime: str, bytes: int, sha256: str | None = None
) -> UploadTicket:
    return await info.context.services.files.request(info.context.viewer, Upload(purpose, mime, bytes, sha256))


async def complete_upload(info: Info, file_id: strawberry.ID) -> File:
    return await info.context.services.files.complete(info.context.viewer, file_id)


async def delete_file(info: Info, id: strawberry.ID) -> UUID:
    return await info.context.services.files.delete(info.context.viewer, id)


def url(file: File, context: Context, expires_in: ExpiresIn = LIFE_S, thumbnail: Thumbnail = None) -> str:
    return context.absolute(context.services.files.url(file, either(expires_in, LIFE_S), thumbnail))


def ticket_url(ticket: UploadTicket, context: Context) -> str:
    return context.absolute(ticket.url)


def own_file_key(_root: None, context: Context, id: strawberry.ID) -> tuple[UUID, UUID]:
    """Raises NotFound for a malformed id: it must look like an unknown one."""
    file_id = parse_id(id)
    if file_id is None:
        raise NotFound
    return context.viewer.user_id, file_id


def avatar_key(user: User) -> tuple[UUID, UUID] | None:
    return (user.id, user.avatar_file_id) if user.avatar_file_id is not None else None
