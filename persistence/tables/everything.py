"""Names each file of tables once, so that whoever imports this knows them all."""

OWNED_ELSEWHERE = ("pgqueuer", "alembic_version")
