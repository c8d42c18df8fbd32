"""What admins do to other people's accounts."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from domain.accounts.models import Account, User
from domain.accounts.people import standing
from domain.accounts.ports import AccountWork
from domain.accounts.sign_out import SignOut
from domain.audit import Target, change
from domain.clock import parse_id
from domain.errors import Conflict, Forbidden, NotFound
from domain.viewer import AccessRole, CareRole, Viewer


@dataclass(frozen=True, slots=True)
class Administration:
    """Roles are in access tokens: changing one voids them, so that clients refresh and come back with the new role."""

    sign_out: SignOut

    async def set_access_role(self, viewer: Viewer, user_id: str, role: AccessRole) -> User:
        """Raises Forbidden but for superadmins, NotFound, and Conflict for the last superadmin."""
        require_superadmin(viewer)
        known = _known(user_id)
        async with self.sign_out.voiding_access(known) as work:
            account = await _account(work, known)
            if role is not AccessRole.SUPERADMIN:
                await _keep_a_superadmin(work, account)
            return await _changed(work, Step(viewer, "setAccessRole", account.user), access_role=role)

    async def set_care_role(self, viewer: Viewer, user_id: str, role: CareRole) -> User:
        """Raises Forbidden but for admins, and NotFound."""
        require_admin(viewer)
        known = _known(user_id)
        async with self.sign_out.voiding_access(known) as work:
            account = await _account(work, known)
            return await _changed(work, Step(viewer, "setCareRole", account.user), care_role=role)

    async def set_active(self, viewer: Viewer, user_id: str, *, active: bool) -> User:
        """Disabling ends every sign-in at once. Raises Forbidden (an admin is for superadmins), NotFound, Conflict."""
        require_admin(viewer)
        known = _known(user_id)
        async with self.sign_out.everywhere(known) as work:
            account = await _account(work, known)
            if account.user.access_role is not AccessRole.USER:
                require_superadmin(viewer)
            if not active:
                await _keep_a_superadmin(work, account)
            return await _changed(work, Step(viewer, "setUserActive", account.user), is_active=active)


def require_admin(viewer: Viewer) -> None:
    if not viewer.is_admin:
        raise Forbidden


def require_superadmin(viewer: Viewer) -> None:
    if viewer.access_role is not AccessRole.SUPERADMIN:
        raise Forbidden


def _known(user_id: str) -> UUID:
    known = parse_id(user_id)
    if known is None:
        raise NotFound(field="userId")
    return known


async def _account(work: AccountWork, user_id: UUID) -> Account:
    account = await work.accounts.account(user_id)
    if account is None:
        raise NotFound(field="userId")
    return account


async def _keep_a_superadmin(work: AccountWork, account: Account) -> None:
    if account.user.access_role is not AccessRole.SUPERADMIN:
        return
    if await work.accounts.lock_active_superadmins() == [account.user.id]:
        raise Conflict("至少要保留一名超级管理员", "The last superadmin has to stay.", field="userId")


class Step(NamedTuple):
    """Who does what to whom."""

    viewer: Viewer
    action: str
    user: User


async def _changed(work: AccountWork, step: Step, **changes: object) -> User:
    user_id = step.user.id
    await work.accounts.change(user_id, changes)
    changed = (await _account(work, user_id)).user
    states = {"before": standing(step.user), "after": standing(changed)}
    await work.audit.add(change(step.viewer, step.action, Target("User", user_id), **states))
    return changed
