"""The conversation between people: sessions, members, messages. Knows nothing of AI but that somebody may respond."""
