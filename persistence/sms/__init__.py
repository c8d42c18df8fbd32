"""Verification codes by SMS: two vendors over our own wire, and a log for development."""
