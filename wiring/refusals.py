"""What keeps a process from starting, in words for an operator."""

from persistence.embedded.errors import EmbeddedPostgresError
from persistence.presence import AlreadyServed
from wiring.installation import NotReady

REFUSALS = (NotReady, EmbeddedPostgresError, AlreadyServed)


def refusal_of(error: Exception) -> str:
    return f"Wellmate cannot start:\n{error}"
