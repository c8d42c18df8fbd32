"""Finding people."""

from dataclasses import dataclass
from uuid import UUID

from domain.accounts.administration import require_admin
from domain.accounts.models import User, UserFilter
from domain.accounts.phones import PhoneBook
from domain.accounts.ports import AccountReads
from domain.accounts.privacy import is_own_or_admin
from domain.clock import parse_id
from domain.errors import BadUserInput, NotFound
from domain.paging import Page, page_size
from domain.secrets import SecretBox
from domain.viewer import AccessRole, CareRole, Viewer

LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Search:
    """`text`: part of a name, or a whole phone number."""

    care_role: CareRole | None
    access_role: AccessRole | None
    text: str | None
    first: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Directory:
    reads: AccountReads
    phones: PhoneBook
    box: SecretBox

    async def users(self, viewer: Viewer, search: Search) -> Page[User]:
        """Raises Forbidden but for admins, and BadUserInput."""
        require_admin(viewer)
        text = (search.text or "").replace("\x00", "").strip()
        if len(text) > LONGEST_TEXT:
            raise BadUserInput(f"最多 {LONGEST_TEXT} 个字", f"At most {LONGEST_TEXT} characters.", field="text")
        phone = self.phones.read_or_none(text)
        hashes = self.box.lookup_hashes(phone.e164) if phone is not None else ()
        asked = UserFilter(search.care_role, search.access_role, text or None, hashes)
        return await self.reads.page(asked, limit=page_size(search.first), after=search.after)


def user_key(viewer: Viewer, user_id: str) -> UUID:
    """The id of a user whom the viewer may look up. Raises NotFound alike for anybody else's and for nonsense."""
    known = parse_id(user_id)
    if known is None or not is_own_or_admin(viewer, known):
        raise NotFound
    return known
