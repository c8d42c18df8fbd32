"""What a stranger might send, by chance: `make fuzz`."""
