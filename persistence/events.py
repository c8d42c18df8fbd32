"""Statements on events. They are read in the order of (transaction, number), and only below every open transaction:
so one that commits late is still to come for every reader (PostgreSQL's pg_snapshot_xmin)."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    text,
    true,
    tuple_,
)

from domain.chat.events import EventKind, Mark, NewEvent, SessionEvent
from domain.errors import StorageAway
from persistence.chat_rows import MESSAGE_COLUMNS, message_of
from persistence.connection import Connection
from persistence.engine import AWAY, Database
from persistence.prepared import Prepared
from persistence.signals import told
from persistence.tables.chat import chat_sessions, messages, session_members
from persistence.tables.events import event_epochs, session_events

SIGNAL = "chat"
LAST_NUMBER = 2**62
EVENT_COLUMNS = tuple(
    session_events.c[n] for n in ("transaction", "number", "session_id", "kind", "user_id", "read_seq")
)
PLACE = tuple_(session_events.c.transaction, session_events.c.number)
OF_MESSAGE = (EventKind.MESSAGE_ADDED.value, EventKind.MESSAGE_UPDATED.value)
FINAL_BELOW: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
WITH_MESSAGE = session_events.outerjoin(
    messages, and_(messages.c.session_id == session_events.c.session_id, messages.c.seq == session_events.c.seq)
)
ALLOWED = case(
    (session_events.c.kind.in_(OF_MESSAGE), session_events.c.seq > session_members.c.joined_seq),
    else_=session_events.c.transaction >= session_members.c.joined_transaction,
)
NOW = Prepared(select(event_epochs.c.epoch, FINAL_BELOW))
PENDING = Prepared(
    select(
        select(session_events.c.number)
        .where(session_events.c.transaction > bindparam("until", type_=BigInteger))
        .exists()
    )
)
BETWEEN = Prepared(
    select(*EVENT_COLUMNS, *MESSAGE_COLUMNS)
    .select_from(WITH_MESSAGE)
    .where(
        tuple_(bindparam("low", type_=BigInteger), bindparam("low_number", type_=BigInteger)) < PLACE,
        tuple_(bindparam("high", type_=BigInteger), bindparam("high_number", type_=BigInteger)) >= PLACE,
    )
    .order_by(session_events.c.transaction, session_events.c.number)
    .limit(bindparam("most", type_=BigInteger))
)


class Bounds(NamedTuple):
    """What a member of a session may see: messages above `seq`, other events from `transaction` on."""

    seq: int
    transaction: int


class EventStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, event: NewEvent) -> None:
        of_message = event.kind.value in OF_MESSAGE
        happened = insert(session_events).values(
            session_id=event.key.session_id,
            kind=event.kind.value,
            seq=event.key.seq if of_message else None,
            read_seq=event.key.seq if event.kind is EventKind.READ_ADVANCED else None,
            user_id=event.user_id,
        )
        await self._connection.execute(select(told(SIGNAL)).add_cte(happened.cte("happened")))


class EventReadStatements:
    """On the primary: a replica may not know yet what a signal told of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> Mark:
        epoch, final_below = (await self._read(NOW))[0]
        return Mark(epoch, final_below - 1, LAST_NUMBER)

    async def oldest(self) -> Mark:
        epoch, oldest = (await self._rows(select(event_epochs.c.epoch, event_epochs.c.oldest)))[0]
        return Mark(epoch, oldest, 0)

    async def after(
        self, member_id: UUID, mark: Mark, *, session_id: UUID | None, until: Mark, limit: int
    ) -> list[SessionEvent]:
        one_session = (
            select(*EVENT_COLUMNS, *(column.label(f"message_{column.name}") for column in MESSAGE_COLUMNS))
            .select_from(WITH_MESSAGE)
            .where(session_events.c.session_id == session_members.c.session_id, _between(mark, until), ALLOWED)
            .order_by(session_events.c.transaction, session_events.c.number)
            .limit(limit)
            .correlate(session_members)
            .lateral("happened")
        )
        query = (
            select(*one_session.c)
            .select_from(
                session_members.join(
                    chat_sessions,
                    and_(chat_sessions.c.id == session_members.c.session_id, chat_sessions.c.deleted_at.is_(None)),
                ).join(one_session, true())
            )
            .where(session_members.c.user_id == member_id)
            .order_by(one_session.c.transaction, one_session.c.number)
            .limit(limit)
        )
        if session_id is not None:
            query = query.where(session_members.c.session_id == session_id)
        return [event_of(row, mark.epoch) for row in await self._rows(query)]

    async def between(self, mark: Mark, until: Mark, limit: int) -> list[SessionEvent]:
        """Events of all sessions, for whoever hands them on to those who may see them."""
        span = {
            "low": mark.transaction,
            "low_number": mark.number,
            "high": until.transaction,
            "high_number": until.number,
        }
        return [event_of(row, mark.epoch) for row in await self._read(BETWEEN, **span, most=limit)]

    async def pending(self, until: Mark) -> bool:
        """Whether events stand committed behind a transaction that is still open."""
        return bool((await self._read(PENDING, until=until.transaction))[0][0])

    async def is_member(self, member_id: UUID, session_id: UUID) -> bool:
        return session_id in await self.memberships(member_id, session_id)

    async def memberships(self, member_id: UUID, session_id: UUID | None) -> dict[UUID, Bounds]:
        query = (
            select(session_members.c.session_id, session_members.c.joined_seq, session_members.c.joined_transaction)
            .join(chat_sessions, chat_sessions.c.id == session_members.c.session_id)
            .where(session_members.c.user_id == member_id, chat_sessions.c.deleted_at.is_(None))
        )
        if session_id is not None:
            query = query.where(session_members.c.session_id == session_id)
        return {row[0]: Bounds(row[1], row[2]) for row in await self._rows(query)}

    async def members_of(self, session_id: UUID) -> dict[UUID, Bounds]:
        query = select(
            session_members.c.user_id, session_members.c.joined_seq, session_members.c.joined_transaction
        ).where(session_members.c.session_id == session_id)
        return {row[0]: Bounds(row[1], row[2]) for row in await self._rows(query)}

    async def _read(self, statement: Prepared, **given: Any) -> Sequence[Sequence[Any]]:
        """What is read after every signal. Raises StorageAway."""
        try:
            return await self._database.fetch(statement, **given)
        except AWAY as error:
            raise StorageAway from error

    async def _rows(self, query: Any) -> Sequence[Sequence[Any]]:
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).all()


async def begin_epoch_if_restored(connection: Connection) -> None:
    """A database restored into a new cluster counts transactions anew: its old events would hide the new ones."""
    newest = select(func.max(session_events.c.transaction)).scalar_subquery()
    current: ColumnElement[int] = literal_column("pg_current_xact_id()::text::bigint")
    if (await connection.execute(select(newest > current))).scalar():
        await connection.execute(session_events.delete())
        await connection.execute(text("UPDATE session_members SET joined_transaction = 0"))
        await connection.execute(text("UPDATE event_epochs SET epoch = epoch + 1, oldest = 0"))


def event_of(row: Sequence[Any], epoch: int) -> SessionEvent:
    transaction, number, session_id, kind, user_id, read_seq, *message = row
    said = message_of(message) if message[0] is not None else None
    return SessionEvent(Mark(epoch, transaction, number), session_id, EventKind(kind), said, user_id, read_seq)


def _between(mark: Mark, until: Mark) -> Any:
    return and_(tuple_(mark.transaction, mark.number) < PLACE, tuple_(until.transaction, until.number) >= PLACE)
