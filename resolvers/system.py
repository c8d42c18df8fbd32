"""The installation itself: one call of the domain a field."""

from datetime import datetime

from domain.system import SystemStatus
from resolvers.context import Info


async def server_time(info: Info) -> datetime:
    return info.context.services.system.time()


async def system_status(info: Info) -> SystemStatus:
    return await info.context.services.system.status()
