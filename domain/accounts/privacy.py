"""Who may read what of another person."""

from uuid import UUID

from domain.errors import Forbidden
from domain.viewer import CareRole, Viewer


def sees_person(viewer: Viewer | None, user_id: UUID) -> bool:
    """Age, gender and the like: oneself, admins, and the doctors one shares a session with.

    A user is only ever reached through a session both are in (or by an admin), so a doctor who reaches one shares it.
    """
    return viewer is not None and (is_own_or_admin(viewer, user_id) or viewer.care_role is CareRole.DOCTOR)


def is_own_or_admin(viewer: Viewer, user_id: UUID) -> bool:
    return viewer.user_id == user_id or viewer.is_admin


def own_account(viewer: Viewer, user_id: UUID) -> UUID:
    """The id, for whoever may read the account behind it. Raises Forbidden for others."""
    if not is_own_or_admin(viewer, user_id):
        raise Forbidden
    return user_id
