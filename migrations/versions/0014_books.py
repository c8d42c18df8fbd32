"""Treasure books, and the view of them as the designs had it that Wellmate unites."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

VIEW = """
    CREATE VIEW seed.treasure_books AS
    SELECT hashtextextended(b.id::text, 0) AS id, b.title, coalesce(b.link, f.bucket || '/' || f.key) AS file_url,
           b.created_at, b.updated_at
    FROM treasure_books b LEFT JOIN files f ON f.id = b.file_id"""


def upgrade() -> None:
    op.create_table(
        "treasure_books",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("treasure_books_file_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("treasure_books_pkey")),
    )
    op.create_index(
        op.f("treasure_books_file_id_idx"),
        "treasure_books",
        ["file_id"],
        postgresql_where=sa.text("file_id IS NOT NULL"),
    )
    op.execute(VIEW)


def downgrade() -> None:
    op.execute("DROP VIEW seed.treasure_books")
    op.drop_table("treasure_books")
