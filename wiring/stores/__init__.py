"""One module a store, so that a process imports the client of its own store only."""
