"""How times, dates and numbers are written."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from compiled.run import Encoded
from transport.multipart import Upload


def write_datetime(value: datetime) -> str:
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    return orjson.dumps(moment, option=orjson.OPT_UTC_Z)[1:-1].decode()  # six times as fast as isoformat


def read_datetime(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            _refuse("DateTime with a time zone (RFC 3339)")
        return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        _refuse("DateTime (RFC 3339)")


def read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        _refuse("Date (YYYY-MM-DD)")


def read_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 40:
        _refuse("Decimal")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        _refuse("Decimal")
    if not number.is_finite():
        _refuse("Decimal")
    return number


def _refuse(kind: str) -> NoReturn:
    raise GraphQLError(f"This is not a {kind}.")


def _scalar(name: str, description: str, serialize: Any, parse: Any, url: str | None = None) -> Any:
    return strawberry.scalar(
        name=name, description=description, serialize=serialize, parse_value=parse, specified_by_url=url
    )


def read_upload(value: Any) -> Upload:
    """Only the transport makes one: whatever else stands in its place is refused."""
    if not isinstance(value, Upload):
        _refuse("file: send it by the GraphQL multipart request spec")
    return value


ENCODED = {"DateTime": Encoded(datetime, "tzinfo", UTC)}
"""What `transport.encoding` writes as `write_datetime` does."""
SCALARS: dict[object, ScalarDefinition] = {
    Upload: _scalar(
        "Upload",
        "A file, sent by the GraphQL multipart request spec.",
        str,
        read_upload,
        "https://github.com/jaydenseric/graphql-multipart-request-spec",
    ),
    datetime: _scalar(
        "DateTime",
        "A moment: RFC 3339, UTC.",
        write_datetime,
        read_datetime,
        "https://scalars.graphql.org/andimarek/date-time.html",
    ),
    date: _scalar(
        "Date",
        "A day: YYYY-MM-DD.",
        date.isoformat,
        read_date,
        "https://scalars.graphql.org/andimarek/local-date.html",
    ),
    Decimal: _scalar("Decimal", "A decimal number kept as text.", lambda value: format(value, "f"), read_decimal),
}
