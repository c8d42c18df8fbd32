"""Columns that many tables share."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Uuid, func


def id_column() -> Column[UUID]:
    return Column("id", Uuid, primary_key=True)


def reference(name: str, target: str, *, nullable: bool = False, ondelete: str | None = None) -> Column[UUID]:
    return Column(name, Uuid, ForeignKey(target, ondelete=ondelete), nullable=nullable)


def moment(name: str, *, nullable: bool = False, now: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)


def timestamps() -> tuple[Column[Any], Column[Any]]:
    return moment("created_at", now=True), moment("updated_at", now=True)
