"""Imports each file of tables once, so that whoever needs the metadata has it whole."""

from persistence.tables import accounts, assistant, audit, books, chat, events, files, health, logs, records

FILES = (accounts, assistant, audit, books, chat, events, files, health, logs, records)
OWNED_ELSEWHERE = ("pgqueuer", "alembic_version", "log_entries_")
