"""What can go wrong with the embedded PostgreSQL, in words for the operator."""


class EmbeddedPostgresError(RuntimeError):
    """Says what to do about it, with PostgreSQL's own last words where there are any."""
