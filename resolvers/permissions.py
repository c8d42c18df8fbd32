"""Who may ask: classes for `permission_classes`. Whose an object is, the domain says."""

from typing import Any

from strawberry.permission import BasePermission

from compiled.fields import looks_at
from domain.errors import Forbidden
from domain.viewer import AccessRole, Viewer
from resolvers.context import Info


class SignedIn(BasePermission):
    """Raises Unauthenticated for an anonymous caller."""

    @looks_at()
    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        if not self.allows(info.context.viewer):
            raise Forbidden
        return True

    def allows(self, viewer: Viewer) -> bool:
        return True


class Admin(SignedIn):
    def allows(self, viewer: Viewer) -> bool:
        return viewer.is_admin


class Superadmin(SignedIn):
    def allows(self, viewer: Viewer) -> bool:
        return viewer.access_role is AccessRole.SUPERADMIN
