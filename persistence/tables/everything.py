"""Imports each file of tables once, so that whoever needs the metadata has it whole."""

from persistence.tables import assistant, chat

FILES = (assistant, chat)
OWNED_ELSEWHERE = ("pgqueuer", "alembic_version")
