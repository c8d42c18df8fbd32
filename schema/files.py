"""Pictures and papers."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from compiled.fields import batched, computed
from domain.files.models import FilePurpose, FileState
from resolvers import files
from resolvers.permissions import SignedIn
from schema.enums import describe

describe(
    FilePurpose,
    "What a file is for.",
    CHAT_IMAGE="A picture to send.",
    AVATAR="The picture of a person.",
    REPORT="A picture or PDF for one's records.",
    TREASURE_BOOK="A picture or PDF to publish; admins only.",
)
describe(
    FileState,
    "How far a file is.",
    PENDING="Not there yet, or not checked.",
    READY="Checked and kept.",
    REJECTED="Not taken: upload another.",
    DELETED="Gone.",
)


@strawberry.type(description="A picture, cleaned of all metadata, or a PDF.")
class File:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    url = computed(
        files.url,
        graphql_type=str,
        description="Signed when read, never stored: whoever has it can read the file until it expires.",
    )
    mime: str = strawberry.field(description="Media type; pictures are kept as JPEG.")
    bytes: int = strawberry.field(description="Size.")
    width: int | None = strawberry.field(description="Pixels, of a READY picture.")
    height: int | None = strawberry.field(description="Pixels, of a READY picture.")
    state: FileState = strawberry.field(description="How far it is.")
    purpose: FilePurpose = strawberry.field(description="What it is for.")
    created_at: datetime = strawberry.field(description="When its upload began.")


@strawberry.type(description="What `wx.uploadFile` needs to send the file straight to the store, as its part `file`.")
class UploadTicket:
    file: File = strawberry.field(description="The file to come: pass its id to `completeUpload` afterwards.")
    method: str = strawberry.field(description="Always POST.")
    url = computed(files.ticket_url, graphql_type=str, description="Where to.")
    headers: JSON = strawberry.field(description="Headers to send.")
    form_fields: JSON = strawberry.field(description="Form fields to send before the file, as `formData`.")
    expires_at: datetime = strawberry.field(description="Until when the upload may begin.")


@strawberry.type
class FileQuery:
    file = batched(
        "own_files",
        files.own_file_key,
        graphql_type=File | None,
        description="One file of the caller.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class FileMutation:
    upload_image = strawberry.mutation(
        resolver=files.upload_image,
        graphql_type=File,
        description="Send a picture through this server, by the GraphQL multipart request spec. REPORT and "
        "TREASURE_BOOK may be a PDF.",
        permission_classes=[SignedIn],
    )
    request_upload = strawberry.mutation(
        resolver=files.request_upload,
        graphql_type=UploadTicket,
        description="Ask to send a file straight to the store; `completeUpload` must follow.",
        permission_classes=[SignedIn],
    )
    complete_upload = strawberry.mutation(
        resolver=files.complete_upload,
        graphql_type=File,
        description="Say that the file has been sent; it is checked, and repeated it gives the same file.",
        permission_classes=[SignedIn],
    )
    delete_file = strawberry.mutation(
        resolver=files.delete_file,
        graphql_type=strawberry.ID,
        description="Delete a file of the caller; what others still see of it (a group, a book) stays until that goes.",
        permission_classes=[SignedIn],
    )
