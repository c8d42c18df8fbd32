"""Treasure books: what admins publish for everybody to read."""
