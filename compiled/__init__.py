"""Query operations compiled into Python functions; knows nothing of health care."""
