"""Users, devices and refresh tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("nickname", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True, comment="masked; the number is sealed in phone_sealed"),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("avatar_file_id", sa.Uuid(), nullable=True),
        sa.Column("access_role", sa.Text(), nullable=False),
        sa.Column("care_role", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("font_scale", sa.Float(), nullable=False),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("username_key", sa.Text(), nullable=True, comment="the username without case and width"),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wechat_sealed", sa.Text(), nullable=True),
        sa.Column("wechat_hash", sa.LargeBinary(), nullable=True),
        sa.Column(
            "epoch",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="access tokens of a lower one are void",
        ),
        sa.Column("epoch_raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
        sa.UniqueConstraint("phone_hash", name=op.f("users_phone_hash_key")),
        sa.UniqueConstraint("username_key", name=op.f("users_username_key_key")),
        sa.UniqueConstraint("wechat_hash", name=op.f("users_wechat_hash_key")),
    )
    op.create_index(op.f("users_created_at_id_idx"), "users", ["created_at", "id"], unique=False)
    op.create_index(
        op.f("users_epoch_raised_at_idx"),
        "users",
        ["epoch_raised_at"],
        unique=False,
        postgresql_where=sa.text("epoch_raised_at IS NOT NULL"),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("devices_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("devices_pkey")),
    )
    op.create_index(
        op.f("devices_revoked_at_idx"),
        "devices",
        ["revoked_at"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )
    op.create_index(op.f("devices_user_id_last_used_at_idx"), "devices", ["user_id", "last_used_at"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("refresh_tokens_device_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("refresh_tokens_pkey")),
    )
    op.create_index(op.f("refresh_tokens_device_id_idx"), "refresh_tokens", ["device_id"], unique=False)
    op.create_index(op.f("refresh_tokens_expires_at_idx"), "refresh_tokens", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("refresh_tokens")
    op.drop_table("devices")
    op.drop_table("users")
