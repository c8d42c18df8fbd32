"""What operators do beside serving: back up, restore, fill a demonstration clinic."""
