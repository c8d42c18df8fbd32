"""Numbers about a body: what was measured, what it means, how it changes."""
