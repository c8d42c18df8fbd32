"""What is counted and timed, for whoever runs the installation."""

from typing import Protocol


class Meter(Protocol):
    """Each method is quick and never fails."""

    def ran(self, kind: str, operation: str | None, seconds: float) -> None:
        """An operation: query, mutation or subscription."""

    def refused(self, code: str) -> None:
        """Somebody read an error with this code."""

    def said(self, kind: str) -> None:
        """A message was stored."""

    def answered(self, provider: str, outcome: str, seconds: float, first_word_s: float | None) -> None:
        """A provider was asked, `seconds` ago. `outcome`: SUCCEEDED, STOPPED, or the code of its failure."""


class Unmetered:
    def ran(self, kind: str, operation: str | None, seconds: float) -> None:
        return None

    def refused(self, code: str) -> None:
        return None

    def said(self, kind: str) -> None:
        return None

    def answered(self, provider: str, outcome: str, seconds: float, first_word_s: float | None) -> None:
        return None
