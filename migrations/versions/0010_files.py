"""Files, and the messages that show them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("upload_key", sa.Text(), nullable=True, comment="where a phone puts it before it is checked"),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("files_owner_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("files_pkey")),
    )
    op.create_index(
        "files_doomed_idx", "files", ["id"], postgresql_where=sa.text("state = 'DELETED' AND removed_at IS NULL")
    )
    op.create_index(op.f("files_owner_id_created_at_idx"), "files", ["owner_id", "created_at"])
    op.create_index(
        "files_unsettled_idx", "files", ["created_at"], postgresql_where=sa.text("state <> 'READY' OR used_at IS NULL")
    )
    op.create_table(
        "message_files",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("message_files_file_id_fkey")),
        sa.ForeignKeyConstraint(
            ["session_id", "seq"],
            ["messages.session_id", "messages.seq"],
            name=op.f("message_files_session_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", "position", name=op.f("message_files_pkey")),
    )
    op.create_index(op.f("message_files_file_id_idx"), "message_files", ["file_id"])
    op.create_index(
        op.f("users_avatar_file_id_idx"),
        "users",
        ["avatar_file_id"],
        postgresql_where=sa.text("avatar_file_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("users_avatar_file_id_idx"), table_name="users")
    op.drop_table("message_files")
    op.drop_table("files")
