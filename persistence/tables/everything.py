"""Imports each file of tables once, so that whoever needs the metadata has it whole."""

from persistence.tables import accounts, assistant, audit, chat, events, files, health, records

FILES = (accounts, assistant, audit, chat, events, files, health, records)
OWNED_ELSEWHERE = ("pgqueuer", "alembic_version")
