"""The files of records."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_files",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("record_files_file_id_fkey")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("record_files_record_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "position", name=op.f("record_files_pkey")),
    )
    op.create_index(op.f("record_files_file_id_idx"), "record_files", ["file_id"])


def downgrade() -> None:
    op.drop_table("record_files")
