"""The assistants that answer, the providers behind them, and the answers while they grow."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from compiled.fields import batched
from domain.assistant import watching
from domain.assistant.dialects.words import ApiType
from resolvers import assistant
from resolvers.permissions import Admin, SignedIn
from schema.chat import Message
from schema.enums import describe
from schema.errors import ErrorCode

describe(
    ApiType,
    "How a provider is spoken to.",
    FASTGPT="FastGPT, one app's key.",
    STEP_VISION="StepFun's vision models.",
    OPENAI_COMPATIBLE="Any server with OpenAI's chat completions.",
    COZE="Coze, a bot's id as model.",
    DEMO="The built-in demonstration: no network, no model.",
)


@strawberry.type(description="Whom a patient can talk to.")
class Assistant:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    slug: str = strawberry.field(description="Short name to start a session with.")
    role_name: str = strawberry.field(description="Name to show, and to mention with @.")
    greeting: str | None = strawberry.field(description="What it says first.")
    accepts_images = batched(
        "seeing", assistant.image_api_key, graphql_type=bool, description="Whether pictures can be sent to it."
    )


@strawberry.type(description="Whether a provider is being left alone after failures.")
class Breaker:
    open: bool = strawberry.field(description="True: not asked until `retryAt`.")
    failures: int = strawberry.field(description="Failures in a row.")
    retry_at: datetime | None = strawberry.field(description="When it is tried again.")


@strawberry.type(description="One model behind one address.")
class ApiConfig:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    name: str = strawberry.field(description="Name for admins.")
    type: ApiType = strawberry.field(description="How it is spoken to.")
    base_url: str = strawberry.field(description="Root of its API.")
    api_key_hint: str | None = strawberry.field(description="Last four characters; the key itself is never readable.")
    default_model: str | None = strawberry.field(description="Model unless the assistant names one.")
    timeout_ms: int = strawberry.field(description="Longest time for a whole answer.")
    first_token_timeout_ms: int = strawberry.field(description="Longest time to the first word.")
    idle_timeout_ms: int = strawberry.field(description="Longest silence once it has begun.")
    enabled: bool = strawberry.field(description="Whether it may be asked.")
    fallback = batched(
        "api_configs",
        "fallback_id",
        graphql_type=Annotated["ApiConfig", strawberry.lazy("schema.assistant")] | None,
        description="Whom to turn to when this one fails.",
    )
    breaker: Breaker = strawberry.field(description="Whether it is being left alone after failures.")
    created_at: datetime = strawberry.field(description="When it was set up.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="One assistant as admins set it up.")
class DialogConfig:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    slug: str = strawberry.field(description="Short name in the API.")
    role_name: str = strawberry.field(description="Name that people see.")
    prompt: str = strawberry.field(description="System prompt.")
    greeting: str | None = strawberry.field(description="What it says first.")
    model_name: str | None = strawberry.field(description="Wins over the api_config's model.")
    text_api = batched(
        "api_configs", "text_api_id", graphql_type=ApiConfig | None, description="Who answers texts; null: any."
    )
    image_api = batched("api_configs", "image_api_id", graphql_type=ApiConfig | None, description="Who answers images.")
    enabled: bool = strawberry.field(description="Whether people may talk to it.")
    created_at: datetime = strawberry.field(description="When it was set up.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="What a trial question to a provider showed.")
class ProbeResult:
    ok: bool = strawberry.field(description="True: it answered.")
    status: int | None = strawberry.field(description="HTTP status.")
    first_token_ms: int | None = strawberry.field(description="Time to the first piece of text.")
    duration_ms: int = strawberry.field(description="Time of the whole trial.")
    sample: str | None = strawberry.field(description="How its answer begins.")
    error: str | None = strawberry.field(description="What went wrong, for admins.")


def _is(kind: type) -> Any:
    return classmethod(lambda cls, value, info: isinstance(value, (cls, kind)))


@strawberry.type(description="The reply has grown.")
class ReplyDelta:
    is_type_of = _is(watching.ReplyDelta)
    message_id: strawberry.ID = strawberry.field(description="The reply.")
    cursor: str = strawberry.field(description="Resume after it with `after`.")
    text: str = strawberry.field(description="To append to what came before.")


@strawberry.type(description="The text so far is withdrawn (another provider or worker took over): start again.")
class ReplyReset:
    is_type_of = _is(watching.ReplyReset)
    message_id: strawberry.ID = strawberry.field(description="The reply.")
    cursor: str = strawberry.field(description="Resume after it with `after`.")
    text: str = strawberry.field(description="To start again from.")


@strawberry.type(description="Last event of a COMPLETE or STOPPED reply.")
class ReplyDone:
    is_type_of = _is(watching.ReplyDone)
    message_id: strawberry.ID = strawberry.field(description="The reply.")
    cursor: str = strawberry.field(description="The end.")
    message: Message = strawberry.field(description="The reply as it is stored.")


@strawberry.type(description="Last event of a FAILED reply.")
class ReplyFailed:
    is_type_of = _is(watching.ReplyFailed)
    message_id: strawberry.ID = strawberry.field(description="The reply.")
    cursor: str = strawberry.field(description="The end.")
    code: ErrorCode = strawberry.field(description="What went wrong.")
    retryable: bool = strawberry.field(description="Whether asking again may help.")
    message: Message = strawberry.field(description="The reply as it is stored, with what was said until then.")


ReplyEvent = Annotated[
    ReplyDelta | ReplyReset | ReplyDone | ReplyFailed,
    strawberry.union("ReplyEvent", description="What happens to a reply. Expect new members."),
]


@strawberry.type
class AssistantQuery:
    assistants = strawberry.field(
        resolver=assistant.assistants,
        graphql_type=list[Assistant],
        description="Whom the caller can talk to.",
        permission_classes=[SignedIn],
    )
    api_configs = strawberry.field(
        resolver=assistant.api_configs,
        graphql_type=list[ApiConfig],
        description="For admins: the providers.",
        permission_classes=[Admin],
    )
    api_config = batched(
        "api_configs",
        assistant.config_key,
        graphql_type=ApiConfig | None,
        description="For admins: one provider.",
        permission_classes=[Admin],
    )
    dialog_configs = strawberry.field(
        resolver=assistant.dialog_configs,
        graphql_type=list[DialogConfig],
        description="For admins: the assistants with their prompts.",
        permission_classes=[Admin],
    )
    dialog_config = batched(
        "dialog_configs",
        assistant.config_key,
        graphql_type=DialogConfig | None,
        description="For admins: one assistant.",
        permission_classes=[Admin],
    )


@strawberry.type
class AssistantMutation:
    create_api_config = strawberry.mutation(
        resolver=assistant.create_api_config,
        graphql_type=ApiConfig,
        description="For admins: add a provider.",
        permission_classes=[Admin],
    )
    update_api_config = strawberry.mutation(
        resolver=assistant.update_api_config,
        graphql_type=ApiConfig,
        description="For admins: change a provider.",
        permission_classes=[Admin],
    )
    delete_api_config = strawberry.mutation(
        resolver=assistant.delete_api_config,
        graphql_type=strawberry.ID,
        description="For admins: remove a provider.",
        permission_classes=[Admin],
    )
    test_api_config = strawberry.mutation(
        resolver=assistant.try_api_config,
        graphql_type=ProbeResult,
        description="For admins: ask a provider a trial question.",
        permission_classes=[Admin],
    )
    create_dialog_config = strawberry.mutation(
        resolver=assistant.create_dialog_config,
        graphql_type=DialogConfig,
        description="For admins: add an assistant.",
        permission_classes=[Admin],
    )
    update_dialog_config = strawberry.mutation(
        resolver=assistant.update_dialog_config,
        graphql_type=DialogConfig,
        description="For admins: change an assistant.",
        permission_classes=[Admin],
    )
    delete_dialog_config = strawberry.mutation(
        resolver=assistant.delete_dialog_config,
        graphql_type=strawberry.ID,
        description="For admins: remove an assistant.",
        permission_classes=[Admin],
    )


@strawberry.type
class AssistantSubscription:
    reply_stream = strawberry.subscription(
        resolver=assistant.reply_stream,
        graphql_type=ReplyEvent,
        description="First the text after `after` (all of it without), then live until ReplyDone or ReplyFailed.",
        permission_classes=[SignedIn],
    )
