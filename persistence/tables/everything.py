"""Imports each file of tables once, so that whoever needs the metadata has it whole."""

from persistence.tables import accounts, assistant, chat

FILES = (accounts, assistant, chat)
OWNED_ELSEWHERE = ("pgqueuer", "alembic_version")
