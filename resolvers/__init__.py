"""One GraphQL field, one call of the domain."""
