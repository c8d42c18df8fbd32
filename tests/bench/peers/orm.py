"""The tables as SQLAlchemy's ORM sees them, for the peers that use it."""

import os
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    nickname: Mapped[str | None]


class ChatSession(Base):
    __tablename__ = "chat_sessions"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    last_seq: Mapped[int]
    updated_at: Mapped[datetime]


class Message(Base):
    __tablename__ = "messages"
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("chat_sessions.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    sender_role: Mapped[str]
    kind: Mapped[str]
    content: Mapped[str]
    created_at: Mapped[datetime]


def sessions() -> async_sessionmaker[AsyncSession]:
    url = os.environ["DSN"].replace("postgresql://", "postgresql+asyncpg://")
    return async_sessionmaker(create_async_engine(url, pool_size=10, max_overflow=5), expire_on_commit=False)
