"""Who the people are and how they sign in."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from compiled.fields import batched, computed
from domain.accounts.models import Gender
from domain.viewer import AccessRole, CareRole
from resolvers import accounts, chat
from resolvers.permissions import SignedIn
from schema.enums import describe

if TYPE_CHECKING:
    from schema.chat import ChatSessionConnection

describe(AccessRole, "What one may do.", USER="Uses the system.", ADMIN="Runs it.", SUPERADMIN="Names admins too.")
describe(CareRole, "Who one is in care.", PATIENT="A patient.", DOCTOR="A doctor.", AI_ASSISTANT="The assistant.")
describe(Gender, "Gender.", MALE="Male.", FEMALE="Female.", OTHER="Another, or not said.")


@strawberry.type(description="How the app behaves for its user.")
class UserSettings:
    locale: str = strawberry.field(description="BCP 47 language tag, e.g. `zh-CN`.")
    timezone: str = strawberry.field(description="IANA time zone, e.g. `Asia/Shanghai`.")
    font_scale: float = strawberry.field(description="Size of text, 1 is normal.")
    notify: bool = strawberry.field(description="Whether notifications are wanted.")


@strawberry.type(description="One sign-in on one device.")
class Device:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    name: str | None = strawberry.field(description="What the device calls itself.")
    last_used_at: datetime | None = strawberry.field(description="When it last signed in or refreshed.")
    current = computed(accounts.is_current, graphql_type=bool, description="True for the device that asks.")


@strawberry.type(description="A person. What is private is null for whoever may not read it.")
class User:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    username = computed(accounts.username, graphql_type=str | None, description="For its owner and admins.")
    nickname: str | None = strawberry.field(description="What others see.")
    phone = computed(
        accounts.phone, graphql_type=str | None, description="Masked (138****0000) for everyone, the owner included."
    )
    full_name = computed(accounts.full_name, graphql_type=str | None, description="The real name.")
    gender = computed(accounts.gender, graphql_type=Gender | None, description="Gender.")
    birth_date = computed(accounts.birth_date, graphql_type=date | None, description="Birth date.")
    age = computed(accounts.age, graphql_type=int | None, description="Full years, from the birth date.")
    access_role: AccessRole = strawberry.field(description="What this person may do in the system.")
    care_role: CareRole = strawberry.field(description="Who this person is in care.")
    is_active: bool = strawberry.field(description="False: disabled by an admin, cannot sign in.")
    settings = computed(accounts.settings, graphql_type=UserSettings, description="For its owner and admins.")
    devices = batched(
        "devices",
        accounts.devices_key,
        graphql_type=list[Device],
        description="Devices signed in, last used first. For its owner and admins.",
    )
    sessions = strawberry.field(
        resolver=chat.sessions,
        graphql_type=Annotated["ChatSessionConnection", strawberry.lazy("schema.chat")],
        description="The caller's own sessions, pinned ones first; nobody else's can be read.",
        permission_classes=[SignedIn],
    )
    created_at: datetime = strawberry.field(description="When the account was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A pair of tokens for one device, and whose they are.")
class AuthPayload:
    access_token: str = strawberry.field(description="Bearer token for every other operation.")
    access_expires_at: datetime = strawberry.field(description="When the access token stops working.")
    refresh_token: str = strawberry.field(description="Good for one `refreshToken`. Keep it secret.")
    refresh_expires_at: datetime = strawberry.field(description="When the refresh token stops working.")
    user: User = strawberry.field(description="Who signed in.")
    is_new_user: bool = strawberry.field(description="True when this sign-in made the account.")


@strawberry.type
class AccountQuery:
    me = batched(
        "users", accounts.own_id, graphql_type=User | None, description="The caller.", permission_classes=[SignedIn]
    )


@strawberry.type
class AccountMutation:
    register = strawberry.mutation(
        resolver=accounts.register, graphql_type=AuthPayload, description="Make an account and sign in."
    )
    login = strawberry.mutation(
        resolver=accounts.login, graphql_type=AuthPayload, description="Sign in by username and password."
    )
    refresh_token = strawberry.mutation(
        resolver=accounts.refresh_token,
        graphql_type=AuthPayload,
        description="A new pair of tokens. Using the old refresh token again after 30 s ends the sign-in.",
    )
    logout = strawberry.mutation(
        resolver=accounts.logout,
        graphql_type=bool,
        description="Sign out this device, or all. Their tokens stop working at once.",
        permission_classes=[SignedIn],
    )
