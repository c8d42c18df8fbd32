"""Every socket and every disk."""
