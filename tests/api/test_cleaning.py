"""What is left over of files, wherever they are kept: …"""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text, update

from persistence.tables.accounts import users
from persistence.tables.chat import chat_sessions
from persistence.tables.files import files, message_files
from persistence.work import work_on
from tests.api.client import Json, Person, new_key
from tests.api.keeping import House, photo, straight, upload
from tests.api.test_file_uses import CREATE as CREATE_RECORD
from tests.api.test_file_uses import NOTE, WEAR
from tests.api.test_files import COMPLETE, DELETE, FILE, ON_THE_NET, PDF, ticket_for
from tests.api.test_send_image import SEND, group_of
from tests.waiting import until

DAY = timedelta(days=1)


async def night(house: House) -> None:
    await house.app.house.kept.cleaner(work_on(house.app.house.database)).tidy_up()


async def grow_old(house: House, *known: Json, by: timedelta = DAY * 2) -> None:
    """As if it had been sent in, and used, so much earlier."""
    older = {name: files.c[name] - by for name in ("created_at", "used_at", "removed_at")}
    ids = [UUID(file["id"]) for file in known]
    async with house.app.house.database.transaction() as connection:
        await connection.execute(update(files).where(files.c.id.in_(ids)).values(older))


async def rows(house: House, *known: Json) -> int:
    ids = [UUID(file["id"]) for file in known]
    async with house.app.house.database.transaction() as connection:
        found = await connection.execute(select(func.count()).select_from(files).where(files.c.id.in_(ids)))
        return int(found.scalar())


def keys_of(house: House, file: Json) -> list[str]:
    return [key for key in house.objects() if file["id"] in key]


async def test_an_upload_that_was_never_completed_goes_at_night(house: House, owner: Person) -> None:
    before = set(house.objects())
    ticket, fresh = await ticket_for(owner, photo()), await ticket_for(owner, photo())
    await straight(ticket, photo())
    await straight(fresh, photo())
    await grow_old(house, ticket["file"])
    await night(house)
    assert len(set(house.objects()) - before) == 1
    assert (await owner.refused(COMPLETE, id=ticket["file"]["id"])).code == "NOT_FOUND"
    assert (await owner.ask(COMPLETE, id=fresh["file"]["id"]))["completeUpload"]["state"] == "READY"


async def test_a_picture_that_was_never_used_goes_at_night(house: House, owner: Person) -> None:
    old, fresh = await upload(owner, photo()), await upload(owner, photo())
    await grow_old(house, old)
    await night(house)
    assert keys_of(house, old) == []
    assert len(keys_of(house, fresh)) == 2
    assert (await owner.refused(FILE, id=old["id"])).code == "NOT_FOUND"


async def test_what_is_used_stays_however_old(house: House, owner: Person) -> None:
    other = await house.people.patient()
    session = await group_of(owner, other)
    sent, face, report = [await upload(owner, photo(), purpose) for purpose in ("CHAT_IMAGE", "AVATAR", "REPORT")]
    await owner.ask(SEND, input={"sessionId": session, "fileIds": [sent["id"]], "clientKey": new_key()})
    await owner.ask(WEAR, f=face["id"])
    await owner.ask(CREATE_RECORD, i=NOTE | {"fileIds": [report["id"]]})
    await owner.ask(DELETE, id=sent["id"])
    await grow_old(house, sent, face, report, by=DAY * 1000)
    await night(house)
    for file in (sent, face, report):
        assert len(keys_of(house, file)) == 2


async def test_what_a_ticket_brings_after_its_file_was_checked_goes_at_night(house: House, owner: Person) -> None:
    before = set(house.objects())
    ticket = await ticket_for(owner, photo())
    await straight(ticket, photo())
    file = (await owner.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]
    await straight(ticket, photo())
    assert len(set(house.objects()) - before) == 3
    await grow_old(house, file, by=timedelta(hours=2))
    await night(house)
    assert sorted(set(house.objects()) - before) == sorted(keys_of(house, file))
    assert (await owner.ask(FILE, id=file["id"]))["file"]["state"] == "READY"


@ON_THE_NET
async def test_what_a_store_does_not_let_go_at_once_goes_later(house: House, owner: Person) -> None:
    assert house.vendor is not None
    file = await upload(owner, photo())
    house.vendor.refuse()
    await owner.ask(DELETE, id=file["id"])
    await night(house)
    house.vendor.listen()
    assert len(keys_of(house, file)) == 2
    assert (await owner.refused(FILE, id=file["id"])).code == "NOT_FOUND"
    await night(house)
    assert keys_of(house, file) == []


async def test_files_of_a_person_who_is_gone_go_too(house: House) -> None:
    leaver = await house.people.patient()
    file = await upload(leaver, photo())
    async with house.app.house.database.transaction() as connection:
        await connection.execute(delete(users).where(users.c.id == UUID(leaver.id)))
    await night(house)
    assert keys_of(house, file) == []


async def test_a_message_that_came_into_a_deleted_session_holds_nothing(house: House, owner: Person) -> None:
    session = await group_of(owner, await house.people.patient())
    file = await upload(owner, photo())
    await owner.ask(SEND, input={"sessionId": session, "fileIds": [file["id"]], "clientKey": new_key()})
    async with house.app.house.database.transaction() as connection:
        gone = update(chat_sessions).where(chat_sessions.c.id == UUID(session)).values(deleted_at=func.now())
        await connection.execute(gone)
    await grow_old(house, file)
    await night(house)
    assert keys_of(house, file) == []
    async with house.app.house.database.transaction() as connection:
        left = select(message_files.c.seq).where(message_files.c.file_id == UUID(file["id"]))
        assert (await connection.execute(left)).all() == []


async def test_what_was_removed_is_forgotten_after_a_week(house: House, owner: Person) -> None:
    file = await upload(owner, photo())
    await owner.ask(DELETE, id=file["id"])
    await until(lambda: keys_of(house, file) == [])
    await night(house)
    assert await rows(house, file) == 1
    await grow_old(house, file, by=DAY * 8)
    await night(house)
    assert await rows(house, file) == 0


async def test_a_picture_that_is_just_being_sent_is_not_taken_away(house: House, owner: Person) -> None:
    """Whichever comes first: the message has its picture, or is refused."""
    pictures = [await upload(owner, photo()) for _ in range(6)]
    await grow_old(house, *pictures)
    session = await group_of(owner, await house.people.patient())
    sending = [
        owner.send(SEND, input={"sessionId": session, "fileIds": [file["id"]], "clientKey": new_key()})
        for file in pictures
    ]
    answers, *_ = await asyncio.gather(asyncio.gather(*sending), night(house), night(house))
    for file, answer in zip(pictures, answers, strict=True):
        if answer.get("errors"):
            assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
            assert keys_of(house, file) == []
        else:
            assert [shown["id"] for shown in answer["data"]["sendImage"]["message"]["files"]] == [file["id"]]
            assert len(keys_of(house, file)) == 2


async def test_the_night_comes_by_itself(house: House) -> None:
    async with house.app.house.database.transaction() as connection:
        scheduled = text("SELECT expression FROM pgqueuer_schedules WHERE entrypoint = 'tidy-files'")
        assert list(await connection.scalars(scheduled)) == ["17 19 * * *"]


async def test_papers_without_thumbnail_go_like_pictures(house: House, owner: Person) -> None:
    file = await upload(owner, PDF, "REPORT")
    assert len(keys_of(house, file)) == 1
    await owner.ask(DELETE, id=file["id"])
    await until(lambda: keys_of(house, file) == [])
