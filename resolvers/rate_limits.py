"""How often who may do what: a budget for everything, and allowances for what is dear."""

from typing import Any

from strawberry.extensions import FieldExtension

from domain.limits import Allowance, Limiter, Networks, network_of
from domain.viewer import Viewer
from resolvers.context import Info

COST_OF_USER = Allowance("cost of a user", 600_000, 60)
COST_OF_ADDRESS = Allowance("cost of an address", 20_000, 60)

MUTATION = Allowance("mutation", 300, 60)
MUTATIONS = {
    "sendText": Allowance("sendText", 240, 60),
    "sendImage": Allowance("sendImage", 60, 60),
    "regenerateReply": Allowance("regenerateReply", 60, 60),
    "summariseRecords": Allowance("summariseRecords", 20, 60),
    "createGroup": Allowance("createGroup", 60, 600),
    "requestUpload": Allowance("requestUpload", 120, 60),
    "uploadImage": Allowance("uploadImage", 60, 60),
    "testApiConfig": Allowance("testApiConfig", 30, 60),
    "bindWechat": Allowance("bindWechat", 20, 600),
    "bindPhone": Allowance("bindPhone", 20, 600),
    "changePassword": Allowance("changePassword", 20, 600),
}


async def admit(limiter: Limiter, networks: Networks, viewer: Viewer | None, address: str, cost: int) -> None:
    """Takes an operation's cost from the budget of the user, or else of the address. Raises RateLimited."""
    if viewer is not None:
        await limiter.take(COST_OF_USER, viewer.user_id.hex, cost=cost)
    else:
        await limiter.take(networks.share(COST_OF_ADDRESS, address), network_of(address), cost=cost)


class LimitedMutation(FieldExtension):
    """Counts what users do; admins are trusted. What anonymous callers may do has limits of its own, in the domain."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        viewer = info.context.viewer_or_none
        if viewer is not None and not viewer.is_admin:
            allowance = MUTATIONS.get(info.field_name, MUTATION)
            await info.context.services.accounts.limiter.take(allowance, viewer.user_id.hex)
        return await next_(source, info, **kwargs)


def limited(root: Any) -> None:
    """Every field of the root counts from now on."""
    for field in root.__strawberry_definition__.fields:
        field.extensions.append(LimitedMutation())
