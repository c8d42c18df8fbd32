"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID


class AccessRole(Enum):
    USER = "USER"
    ADMIN = "ADMIN"
    SUPERADMIN = "SUPERADMIN"


class CareRole(Enum):
    PATIENT = "PATIENT"
    DOCTOR = "DOCTOR"
    AI_ASSISTANT = "AI_ASSISTANT"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The bearer of a verified access token. `device_id`: the family of its refresh tokens; `epoch`: see Account."""

    user_id: UUID
    access_role: AccessRole
    care_role: CareRole
    device_id: UUID
    token_id: str
    expires_at: datetime
    epoch: int = 0

    @property
    def is_admin(self) -> bool:
        return self.access_role in (AccessRole.ADMIN, AccessRole.SUPERADMIN)
