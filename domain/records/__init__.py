"""What a person writes down about their health."""
