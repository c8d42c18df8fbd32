"""Users, the devices they are signed in on with their refresh tokens, and codes sent to phones."""

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, LargeBinary, Table, Text, Uuid, text

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment, reference, timestamps

users = Table(
    "users",
    metadata,
    id_column(),
    Column("username", Text),
    Column("nickname", Text),
    Column("full_name", Text),
    Column("phone", Text, comment="masked; the number is sealed in phone_sealed"),
    Column("gender", Text),
    Column("birth_date", Date),
    Column("avatar_file_id", Uuid),
    Column("access_role", Text, nullable=False),
    Column("care_role", Text, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("locale", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("font_scale", Float, nullable=False),
    Column("notify", Boolean, nullable=False),
    *timestamps(),
    Column("username_key", Text, unique=True, comment="the username without case and width"),
    Column("password_hash", Text),
    Column("phone_sealed", Text),
    Column("phone_hash", LargeBinary, unique=True),
    Column("wechat_sealed", Text),
    Column("wechat_hash", LargeBinary, unique=True),
    Column("epoch", Integer, nullable=False, server_default=text("0"), comment="access tokens of a lower one are void"),
    moment("epoch_raised_at", nullable=True),
    Index(None, "epoch_raised_at", postgresql_where=text("epoch_raised_at IS NOT NULL")),
    Index(None, "avatar_file_id", postgresql_where=text("avatar_file_id IS NOT NULL")),
)

devices = Table(
    "devices",
    metadata,
    id_column(),
    reference("user_id", "users.id", ondelete="CASCADE"),
    Column("name", Text),
    moment("last_used_at"),
    moment("expires_at"),
    moment("revoked_at", nullable=True),
    Column("address_hash", LargeBinary, comment="the network it was used from last"),
    Index(None, "user_id", "last_used_at"),
    Index(None, "revoked_at", postgresql_where=text("revoked_at IS NOT NULL")),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    reference("device_id", "devices.id", ondelete="CASCADE"),
    moment("superseded_at", nullable=True),
    moment("expires_at"),
    Index(None, "device_id"),
    Index(None, "expires_at"),
)

verification_codes = Table(
    "verification_codes",
    metadata,
    Column("phone_hash", LargeBinary, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False),
    Column("tries_left", Integer, nullable=False),
    moment("expires_at"),
    Index(None, "expires_at"),
)
