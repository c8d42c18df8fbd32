"""Who the people are and how they sign in."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from compiled.fields import batched, computed
from domain.accounts.models import CodePurpose, Gender
from domain.viewer import AccessRole, CareRole
from resolvers import accounts, chat, files, people
from resolvers.permissions import Admin, SignedIn, Superadmin
from schema.enums import describe
from schema.paging import PageInfo

if TYPE_CHECKING:
    from schema.chat import ChatSessionConnection
    from schema.files import File

describe(AccessRole, "What one may do.", USER="Uses the system.", ADMIN="Runs it.", SUPERADMIN="Names admins too.")
describe(CareRole, "Who one is in care.", PATIENT="A patient.", DOCTOR="A doctor.", AI_ASSISTANT="The assistant.")
describe(
    CodePurpose,
    "What a code by text message is good for.",
    REGISTER="Making an account.",
    LOGIN="Signing in.",
    BIND_PHONE="Giving one's account a phone.",
    RESET_PASSWORD="A new password.",  # noqa: S106 a description
)
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
    current = computed(people.is_current, graphql_type=bool, description="True for the device that asks.")


@strawberry.type(description="A person. What is private is null for whoever may not read it.")
class User:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    username = computed(people.username, graphql_type=str | None, description="For its owner and admins.")
    nickname: str | None = strawberry.field(description="What others see.")
    avatar = batched(
        "avatars",
        files.avatar_key,
        graphql_type=Annotated["File", strawberry.lazy("schema.files")] | None,
        description="The picture that others see.",
    )
    phone = computed(
        people.phone, graphql_type=str | None, description="Masked (138****0000) for everyone, the owner included."
    )
    full_name = computed(people.full_name, graphql_type=str | None, description="The real name.")
    gender = computed(people.gender, graphql_type=Gender | None, description="Gender.")
    birth_date = computed(people.birth_date, graphql_type=date | None, description="Birth date.")
    age = computed(people.age, graphql_type=int | None, description="Full years, from the birth date.")
    access_role: AccessRole = strawberry.field(description="What this person may do in the system.")
    care_role: CareRole = strawberry.field(description="Who this person is in care.")
    is_active: bool = strawberry.field(description="False: disabled by an admin, cannot sign in.")
    settings = computed(people.settings, graphql_type=UserSettings, description="For its owner and admins.")
    devices = batched(
        "devices",
        people.devices_key,
        graphql_type=list[Device],
        description="Devices signed in, last used first. For its owner and admins.",
    )
    sessions = batched(
        "session_pages",
        chat.sessions_key,
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


@strawberry.type(description="A user in its page.")
class UserEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: User = strawberry.field(description="The user.")


@strawberry.type(description="A page of users, newest first.")
class UserConnection:
    edges: list[UserEdge] = strawberry.field(description="Users with their cursors.")
    nodes: list[User] = strawberry.field(description="The users alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class AccountQuery:
    me = batched(
        "users", accounts.own_id, graphql_type=User | None, description="The caller.", permission_classes=[SignedIn]
    )
    user = batched(
        "known_users",
        accounts.user_key,
        graphql_type=User | None,
        description="Oneself; for admins anybody.",
        permission_classes=[SignedIn],
    )
    users = strawberry.field(
        resolver=accounts.users,
        graphql_type=UserConnection,
        description="For admins: `text` is part of a name, or a whole phone number.",
        permission_classes=[Admin],
    )


@strawberry.type
class SignInMutation:
    send_verification_code = strawberry.mutation(
        resolver=accounts.send_verification_code,
        graphql_type=bool,
        description="Send six digits to a phone, good for five minutes. The answer is the same for every phone.",
    )
    register = strawberry.mutation(
        resolver=accounts.register, graphql_type=AuthPayload, description="Make an account and sign in."
    )
    login = strawberry.mutation(
        resolver=accounts.login, graphql_type=AuthPayload, description="Sign in by username, or phone, and password."
    )
    login_with_phone = strawberry.mutation(
        resolver=accounts.login_with_phone,
        graphql_type=AuthPayload,
        description="Sign in by a code sent to the phone for LOGIN. A new phone gets an account.",
    )
    login_with_wechat = strawberry.mutation(
        resolver=accounts.login_with_wechat,
        graphql_type=AuthPayload,
        description="Sign in by WeChat. A new WeChat user enters the account of the phone they prove, or gets one.",
    )
    refresh_token = strawberry.mutation(
        resolver=accounts.refresh_token,
        graphql_type=AuthPayload,
        description="A new pair of tokens. Using the old refresh token again after 30 s ends the sign-in.",
    )
    reset_password = strawberry.mutation(
        resolver=accounts.reset_password,
        graphql_type=AuthPayload,
        description="A new password by a code sent for RESET_PASSWORD. Ends every other sign-in.",
    )
    logout = strawberry.mutation(
        resolver=accounts.logout,
        graphql_type=bool,
        description="Sign out this device, or all. Their tokens stop working at once.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class OwnAccountMutation:
    change_password = strawberry.mutation(
        resolver=accounts.change_password,
        graphql_type=AuthPayload,
        description="A new password; `old` where there is one. Ends every other sign-in.",
        permission_classes=[SignedIn],
    )
    bind_wechat = strawberry.mutation(
        resolver=accounts.bind_wechat,
        graphql_type=User,
        description="Sign in by this WeChat user from now on.",
        permission_classes=[SignedIn],
    )
    bind_phone = strawberry.mutation(
        resolver=accounts.bind_phone,
        graphql_type=User,
        description="Phone and a code sent for BIND_PHONE, or a code of WeChat's phone button.",
        permission_classes=[SignedIn],
    )
    update_profile = strawberry.mutation(
        resolver=accounts.update_profile,
        graphql_type=User,
        description="Change what one says of oneself.",
        permission_classes=[SignedIn],
    )
    update_settings = strawberry.mutation(
        resolver=accounts.update_settings,
        graphql_type=User,
        description="Change how the app behaves.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class AdministrationMutation:
    set_access_role = strawberry.mutation(
        resolver=accounts.set_access_role,
        graphql_type=User,
        description="For superadmins. The last superadmin stays one.",
        permission_classes=[Superadmin],
    )
    set_care_role = strawberry.mutation(
        resolver=accounts.set_care_role, graphql_type=User, description="For admins.", permission_classes=[Admin]
    )
    set_user_active = strawberry.mutation(
        resolver=accounts.set_user_active,
        graphql_type=User,
        description="For admins. Disabling ends every sign-in of the user at once.",
        permission_classes=[Admin],
    )


@strawberry.type
class AccountMutation(SignInMutation, OwnAccountMutation, AdministrationMutation):
    pass
