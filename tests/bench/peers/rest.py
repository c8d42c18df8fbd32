"""FastAPI and the ORM, giving the same JSON."""

import uuid
from datetime import datetime

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import select

from tests.bench.peers.orm import ChatSession, Message, User, sessions

app = FastAPI()
open_session = sessions()


class Trivial(BaseModel):
    data: dict[str, str]


class MessageOut(BaseModel):
    id: str
    seq: int
    senderRole: str
    kind: str
    content: str
    createdAt: datetime


class Sender(BaseModel):
    id: uuid.UUID
    nickname: str | None


class Said(BaseModel):
    id: str
    content: str
    createdAt: datetime
    sender: Sender


class Room(BaseModel):
    id: uuid.UUID
    title: str | None
    lastSeq: int
    messages: list[Said]


class Overview(BaseModel):
    nickname: str | None
    sessions: list[Room]


@app.get("/trivial")
async def trivial() -> Trivial:
    return Trivial(data={"__typename": "Query"})


@app.get("/history/{session_id}")
async def history(session_id: uuid.UUID) -> list[MessageOut]:
    query = select(Message).where(Message.session_id == session_id).order_by(Message.seq.desc()).limit(20)
    async with open_session() as session:
        found = (await session.scalars(query)).all()
    return [
        MessageOut(
            id=f"{m.session_id}.{m.seq}",
            seq=m.seq,
            senderRole=m.sender_role,
            kind=m.kind,
            content=m.content,
            createdAt=m.created_at,
        )
        for m in found
    ]


@app.get("/overview/{user_id}")
async def overview(user_id: uuid.UUID) -> Overview:
    rooms_query = (
        select(ChatSession).where(ChatSession.owner_id == user_id).order_by(ChatSession.updated_at.desc()).limit(20)
    )
    async with open_session() as session:
        user = await session.get(User, user_id)
        rooms = (await session.scalars(rooms_query)).all()
        newest = (
            select(Message)
            .where(
                Message.session_id.in_([room.id for room in rooms]), Message.seq > max(r.last_seq for r in rooms) - 3
            )
            .order_by(Message.seq)
        )
        messages = (await session.scalars(newest)).all()
        senders = {
            sender.id: sender
            for sender in await session.scalars(select(User).where(User.id.in_({m.sender_id for m in messages})))
        }
    said: dict[uuid.UUID, list[Said]] = {room.id: [] for room in rooms}
    for m in messages:
        sender = senders[m.sender_id]
        out = Sender(id=sender.id, nickname=sender.nickname)
        said[m.session_id].append(
            Said(id=f"{m.session_id}.{m.seq}", content=m.content, createdAt=m.created_at, sender=out)
        )
    listed = [Room(id=room.id, title=room.title, lastSeq=room.last_seq, messages=said[room.id]) for room in rooms]
    return Overview(nickname=user.nickname if user is not None else None, sessions=listed)
