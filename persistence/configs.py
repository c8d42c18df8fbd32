"""Statements on api_configs and dialog_configs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Table, Text, Uuid, any_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.assistant.dialects.words import ApiType
from domain.assistant.models import ApiConfig, DialogConfig, Provider
from persistence.connection import Connection
from persistence.engine import Readable
from persistence.prepared import Prepared
from persistence.tables.assistant import api_configs, dialog_configs

API_COLUMNS = tuple(column for column in api_configs.c if column.name != "key_sealed")
IDS = bindparam("ids", type_=ARRAY(Uuid))
SLUGS = bindparam("slugs", type_=ARRAY(Text))
APIS = Prepared(select(*API_COLUMNS).where(api_configs.c.id == any_(IDS)))
ALL_APIS = Prepared(select(*API_COLUMNS).order_by(api_configs.c.created_at))
DIALOGS = Prepared(select(dialog_configs).where(dialog_configs.c.id == any_(IDS)))
ENABLED_DIALOGS = Prepared(select(dialog_configs).where(dialog_configs.c.slug == any_(SLUGS), dialog_configs.c.enabled))
ALL_DIALOGS = Prepared(select(dialog_configs).order_by(dialog_configs.c.created_at, dialog_configs.c.id))
ENABLED_DIALOG = select(dialog_configs).where(
    dialog_configs.c.slug == bindparam("slug", type_=Text), dialog_configs.c.enabled
)
ENABLED_PROVIDERS = (
    select(*API_COLUMNS, api_configs.c.key_sealed)
    .where(api_configs.c.enabled)
    .order_by(api_configs.c.created_at, api_configs.c.id)
)


def api_of(row: Sequence[Any]) -> ApiConfig:
    id_, name, type_, *rest = row
    return ApiConfig(id_, name, ApiType(type_), *rest)


def provider_of(row: Sequence[Any]) -> Provider:
    *config, sealed = row
    return Provider(api_of(config), sealed)


class ConfigStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add_api(self, values: Mapping[str, Any]) -> ApiConfig | None:
        row = await self._add(api_configs, values, "name", API_COLUMNS)
        return api_of(row) if row is not None else None

    async def change_api(self, api_id: UUID, values: Mapping[str, Any]) -> ApiConfig | None:
        row = await self._change(api_configs, api_id, values, API_COLUMNS)
        return api_of(row) if row is not None else None

    async def delete_api(self, api_id: UUID) -> bool:
        return await self._delete(api_configs, api_id)

    async def provider(self, api_id: UUID) -> Provider | None:
        query = select(*API_COLUMNS, api_configs.c.key_sealed).where(api_configs.c.id == api_id)
        row = (await self._connection.execute(query)).first()
        return provider_of(row) if row is not None else None

    async def record_failure(self, api_id: UUID) -> int:
        return await self._set_health(api_id, failures=api_configs.c.failures + 1)

    async def pause(self, api_id: UUID, until: datetime) -> None:
        await self._set_health(api_id, retry_at=until)

    async def record_success(self, api_id: UUID) -> None:
        await self._set_health(api_id, failures=0, retry_at=None)

    async def probe(self, api_id: UUID, until: datetime) -> bool:
        statement = update(api_configs).where(api_configs.c.id == api_id, api_configs.c.retry_at <= func.now())
        probed = await self._connection.execute(statement.values(retry_at=until))
        return bool(probed.rowcount)

    async def _set_health(self, api_id: UUID, **values: Any) -> int:
        """Failures in a row afterwards."""
        statement = update(api_configs).where(api_configs.c.id == api_id).values(values)
        return (await self._connection.execute(statement.returning(api_configs.c.failures))).scalar() or 0

    async def enabled_providers(self) -> list[Provider]:
        return [provider_of(row) for row in await self._connection.execute(ENABLED_PROVIDERS)]

    async def add_dialog(self, values: Mapping[str, Any]) -> DialogConfig | None:
        row = await self._add(dialog_configs, values, "slug", tuple(dialog_configs.c))
        return DialogConfig(*row) if row is not None else None

    async def change_dialog(self, dialog_id: UUID, values: Mapping[str, Any]) -> DialogConfig | None:
        row = await self._change(dialog_configs, dialog_id, values, tuple(dialog_configs.c))
        return DialogConfig(*row) if row is not None else None

    async def delete_dialog(self, dialog_id: UUID) -> bool:
        return await self._delete(dialog_configs, dialog_id)

    async def locked_dialog(self, dialog_id: UUID) -> DialogConfig | None:
        query = select(dialog_configs).where(dialog_configs.c.id == dialog_id).with_for_update()
        row = (await self._connection.execute(query)).first()
        return DialogConfig(*row) if row is not None else None

    async def dialog(self, slug: str) -> DialogConfig | None:
        row = (await self._connection.execute(ENABLED_DIALOG, {"slug": slug})).first()
        return DialogConfig(*row) if row is not None else None

    async def _add(
        self, table: Table, values: Mapping[str, Any], unique: str, columns: tuple[Any, ...]
    ) -> Sequence[Any] | None:
        statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=[unique]).returning(*columns)
        row: Sequence[Any] | None = (await self._connection.execute(statement)).first()
        return row

    async def _change(
        self, table: Table, row_id: UUID, values: Mapping[str, Any], columns: tuple[Any, ...]
    ) -> Sequence[Any] | None:
        statement = (
            update(table).where(table.c.id == row_id).values(**values, updated_at=func.now()).returning(*columns)
        )
        row: Sequence[Any] | None = (await self._connection.execute(statement)).first()
        return row

    async def _delete(self, table: Table, row_id: UUID) -> bool:
        gone = await self._connection.execute(delete(table).where(table.c.id == row_id))
        return bool(gone.rowcount)


class ConfigReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def apis(self, ids: Sequence[UUID]) -> list[ApiConfig | None]:
        rows = await self._database.fetch(APIS, ids=ids)
        found = {config.id: config for config in map(api_of, rows)}
        return [found.get(id_) for id_ in ids]

    async def all_apis(self) -> list[ApiConfig]:
        return [api_of(row) for row in await self._database.fetch(ALL_APIS)]

    async def dialogs(self, ids: Sequence[UUID]) -> list[DialogConfig | None]:
        rows = await self._database.fetch(DIALOGS, ids=ids)
        found = {config.id: config for config in (DialogConfig(*row) for row in rows)}
        return [found.get(id_) for id_ in ids]

    async def dialogs_by_slug(self, slugs: Sequence[str]) -> list[DialogConfig | None]:
        rows = await self._database.fetch(ENABLED_DIALOGS, slugs=slugs)
        found = {config.slug: config for config in (DialogConfig(*row) for row in rows)}
        return [found.get(slug) for slug in slugs]

    async def all_dialogs(self) -> list[DialogConfig]:
        rows = await self._database.fetch(ALL_DIALOGS)
        return [DialogConfig(*row) for row in rows]
