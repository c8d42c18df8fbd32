"""strawberry as its tutorial writes it: ORM rows, dataloaders, its own ASGI view."""

import uuid
from collections import defaultdict
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from tests.bench.peers import orm

open_session = orm.sessions()


async def load_users(ids: list[uuid.UUID]) -> list[orm.User | None]:
    async with open_session() as session:
        found = {user.id: user for user in await session.scalars(select(orm.User).where(orm.User.id.in_(ids)))}
    return [found.get(id_) for id_ in ids]


async def load_newest(keys: list[tuple[uuid.UUID, int]]) -> list[list[orm.Message]]:
    last = max(last for _, last in keys)
    rank = func.row_number().over(partition_by=orm.Message.session_id, order_by=orm.Message.seq.desc()).label("rank")
    ranked = select(orm.Message, rank).where(orm.Message.session_id.in_([key for key, _ in keys])).subquery()
    newest = aliased(orm.Message, ranked)
    found: dict[uuid.UUID, list[orm.Message]] = defaultdict(list)
    async with open_session() as session:
        for message in await session.scalars(select(newest).where(ranked.c.rank <= last).order_by(newest.seq)):
            found[message.session_id].append(message)
    return [found[key] for key, _ in keys]


Info = strawberry.Info[dict[str, DataLoader[Any, Any]], None]


@strawberry.type
class User:
    id: strawberry.ID
    nickname: str | None

    @strawberry.field
    async def sessions(self, first: int = 20) -> "Sessions":
        query = (
            select(orm.ChatSession)
            .where(orm.ChatSession.owner_id == uuid.UUID(self.id))
            .order_by(orm.ChatSession.updated_at.desc())
            .limit(first)
        )
        async with open_session() as session:
            rooms = (await session.scalars(query)).all()
        return Sessions(nodes=[room_of(room) for room in rooms])


@strawberry.type
class Message:
    id: strawberry.ID
    seq: int
    sender_role: str
    kind: str
    content: str
    created_at: datetime
    sender_id: strawberry.Private[uuid.UUID]

    @strawberry.field
    async def sender(self, info: Info) -> User | None:
        user = await info.context["users"].load(self.sender_id)
        return User(id=strawberry.ID(str(user.id)), nickname=user.nickname) if user is not None else None


@strawberry.type
class Messages:
    nodes: list[Message]


@strawberry.type
class ChatSession:
    id: strawberry.ID
    title: str | None
    last_seq: int

    @strawberry.field
    async def messages(self, info: Info, last: int = 20) -> Messages:
        found = await info.context["newest"].load((uuid.UUID(self.id), last))
        return Messages(nodes=[message_of(message) for message in found])


@strawberry.type
class Sessions:
    nodes: list[ChatSession]


@strawberry.type
class Query:
    @strawberry.field
    def trivial(self) -> str:
        return "ok"

    @strawberry.field
    async def session(self, id: strawberry.ID) -> ChatSession | None:
        async with open_session() as session:
            room = await session.get(orm.ChatSession, uuid.UUID(id))
        return room_of(room) if room is not None else None

    @strawberry.field
    async def me(self, id: strawberry.ID) -> User | None:
        async with open_session() as session:
            user = await session.get(orm.User, uuid.UUID(id))
        return User(id=strawberry.ID(str(user.id)), nickname=user.nickname) if user is not None else None


def room_of(room: orm.ChatSession) -> ChatSession:
    return ChatSession(id=strawberry.ID(str(room.id)), title=room.title, last_seq=room.last_seq)


def message_of(message: orm.Message) -> Message:
    return Message(
        id=strawberry.ID(f"{message.session_id}.{message.seq}"),
        seq=message.seq,
        sender_role=message.sender_role,
        kind=message.kind,
        content=message.content,
        created_at=message.created_at,
        sender_id=message.sender_id,
    )


class App(GraphQL[dict[str, DataLoader[Any, Any]], None]):
    async def get_context(self, *_: Any, **__: Any) -> dict[str, DataLoader[Any, Any]]:
        return {"users": DataLoader(load_users), "newest": DataLoader(load_newest)}


app = App(strawberry.Schema(Query), graphql_ide=None)
