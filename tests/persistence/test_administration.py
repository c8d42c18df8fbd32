"""What admins do to other people's accounts."""

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from domain.accounts.directory import Search, user_key
from domain.accounts.models import AuthPayload, CodePurpose, User
from domain.clock import new_id
from domain.errors import BadUserInput, Conflict, Forbidden, NotFound, Unauthenticated
from domain.viewer import AccessRole, CareRole, Viewer
from persistence.tables.accounts import users
from tests.accounts import HERE, PHONE, World

ADMIN_PASSWORD = "an admin's password"


@dataclass
class Staff:
    world: World
    root: Viewer
    admin: Viewer
    patient: AuthPayload

    @property
    def patient_id(self) -> str:
        return str(self.patient.user.id)


@pytest.fixture
async def staff(world: World) -> Staff:
    await world.accounts.sign_in.create_admin("root", ADMIN_PASSWORD)
    root = world.viewer(await world.login("root", ADMIN_PASSWORD))
    admin, patient = await world.register("admin"), await world.register()
    await world.accounts.administration.set_access_role(root, str(admin.user.id), AccessRole.ADMIN)
    return Staff(world, root, world.viewer(await world.login("admin")), patient)


async def test_only_a_superadmin_gives_access_roles(staff: Staff) -> None:
    administration = staff.world.accounts.administration
    for viewer in (staff.admin, staff.world.viewer(staff.patient)):
        with pytest.raises(Forbidden):
            await administration.set_access_role(viewer, str(viewer.user_id), AccessRole.SUPERADMIN)
    changed = await administration.set_access_role(staff.root, staff.patient_id, AccessRole.SUPERADMIN)
    assert changed.access_role is AccessRole.SUPERADMIN


async def test_a_new_role_is_in_the_next_token_and_the_old_token_is_void(staff: Staff) -> None:
    await staff.world.accounts.administration.set_care_role(staff.admin, staff.patient_id, CareRole.DOCTOR)
    with pytest.raises(Unauthenticated):
        staff.world.viewer(staff.patient)
    renewed = await staff.world.renew(staff.patient)
    assert staff.world.viewer(renewed).care_role is CareRole.DOCTOR


async def test_the_last_superadmin_stays(staff: Staff) -> None:
    administration, root = staff.world.accounts.administration, str(staff.root.user_id)
    with pytest.raises(Conflict):
        await administration.set_access_role(staff.root, root, AccessRole.ADMIN)
    with pytest.raises(Conflict):
        await administration.set_active(staff.root, root, active=False)
    await administration.set_access_role(staff.root, staff.patient_id, AccessRole.SUPERADMIN)
    await administration.set_active(staff.root, staff.patient_id, active=False)
    with pytest.raises(Conflict):
        await administration.set_access_role(staff.root, root, AccessRole.USER)


async def test_two_superadmins_who_disable_each_other_do_not_both_succeed(staff: Staff) -> None:
    administration = staff.world.accounts.administration
    other = (await administration.set_access_role(staff.root, staff.patient_id, AccessRole.SUPERADMIN)).id
    viewer = staff.world.viewer(await staff.world.renew(staff.patient))
    both = [
        administration.set_access_role(staff.root, str(other), AccessRole.USER),
        administration.set_access_role(viewer, str(staff.root.user_id), AccessRole.USER),
    ]
    await asyncio.gather(*(staff.world.accounts.sign_in.has_superadmin() for _ in both))  # connections for both
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "User"]


async def test_disabling_ends_every_sign_in_and_enabling_allows_new_ones(staff: Staff) -> None:
    world, administration = staff.world, staff.world.accounts.administration
    assert not (await administration.set_active(staff.admin, staff.patient_id, active=False)).is_active
    with pytest.raises(Unauthenticated):
        world.viewer(staff.patient)
    with pytest.raises(Unauthenticated):
        await world.renew(staff.patient)
    with pytest.raises(Forbidden):
        await world.login()
    await administration.set_active(staff.admin, staff.patient_id, active=True)
    assert world.viewer(await world.login()).user_id == staff.patient.user.id
    with pytest.raises(Unauthenticated):
        await world.renew(staff.patient)


async def test_an_admin_is_disabled_by_superadmins_only(staff: Staff) -> None:
    administration = staff.world.accounts.administration
    for target in (staff.admin, staff.root):
        with pytest.raises(Forbidden):
            await administration.set_active(staff.admin, str(target.user_id), active=False)
    assert staff.world.accounts.revocations.covers(staff.admin) is False
    await administration.set_active(staff.root, str(staff.admin.user_id), active=False)


@pytest.mark.parametrize("user_id", ["01a1f8b1-e13f-730c-b5a8-bdf6629d0330", "nonsense", ""])
async def test_an_unknown_user_is_not_found(staff: Staff, user_id: str) -> None:
    administration = staff.world.accounts.administration
    with pytest.raises(NotFound):
        await administration.set_access_role(staff.root, user_id, AccessRole.ADMIN)
    with pytest.raises(NotFound):
        await administration.set_care_role(staff.admin, user_id, CareRole.DOCTOR)
    with pytest.raises(NotFound):
        await administration.set_active(staff.admin, user_id, active=False)


async def test_a_patient_may_none_of_it(staff: Staff) -> None:
    viewer, administration = staff.world.viewer(staff.patient), staff.world.accounts.administration
    with pytest.raises(Forbidden):
        await administration.set_care_role(viewer, staff.patient_id, CareRole.DOCTOR)
    with pytest.raises(Forbidden):
        await administration.set_active(viewer, str(staff.admin.user_id), active=False)
    with pytest.raises(Forbidden):
        await staff.world.accounts.directory.users(viewer, Search(None, None, None, 20, None))
    async with staff.world.database.reading() as connection:
        roles = (await connection.execute(select(users.c.care_role, users.c.is_active).distinct())).all()
    assert [tuple(row) for row in roles] == [("PATIENT", True)]


async def names(staff: Staff, **asked: object) -> list[str | None]:
    search = {"care_role": None, "access_role": None, "text": None, "first": 20, "after": None} | asked
    page = await staff.world.accounts.directory.users(staff.admin, Search(**search))  # type: ignore[arg-type]
    return [user.username for user in page.nodes]


async def test_users_are_found_newest_first_by_role_and_text(staff: Staff) -> None:
    assert await names(staff) == ["li.wei", "admin", "root"]
    assert await names(staff, access_role=AccessRole.ADMIN) == ["admin"]
    assert await names(staff, care_role=CareRole.DOCTOR) == []
    assert await names(staff, text="WEI") == ["li.wei"]
    assert await names(staff, text="%") == []
    assert await names(staff, text="\x00") == ["li.wei", "admin", "root"]


async def test_users_are_found_by_their_whole_phone(staff: Staff) -> None:
    code = await staff.world.code(CodePurpose.LOGIN)
    await staff.world.accounts.phone.login(PHONE, code, HERE)
    assert await names(staff, text="+86 138 0013 8000") == [None]
    assert await names(staff, text="138") == []


async def test_users_come_in_pages(staff: Staff) -> None:
    directory, seen, after = staff.world.accounts.directory, list[User](), None
    while True:
        page = await directory.users(staff.admin, Search(None, None, None, 2, after))
        seen += page.nodes
        after = page.page_info.end_cursor
        if not page.has_next_page:
            break
    assert [user.username for user in seen] == ["li.wei", "admin", "root"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first": 0}, "first"),
        ({"first": 101}, "first"),
        ({"after": "nonsense"}, "after"),
        ({"text": "x" * 101}, "text"),
    ],
)
async def test_an_impossible_search_is_refused(staff: Staff, asked: dict[str, object], field: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await names(staff, **asked)
    assert caught.value.field == field


async def test_one_looks_up_oneself_and_admins_anybody(staff: Staff) -> None:
    patient, other = staff.world.viewer(staff.patient), new_id()
    assert user_key(patient, staff.patient_id) == patient.user_id
    assert user_key(staff.admin, str(other)) == other
    for unseen in (str(staff.admin.user_id), str(other), "nonsense"):
        with pytest.raises(NotFound):
            user_key(patient, unseen)
